/* main.c -- one program: the daemon, the demo and every subcommand. */
#include "cli/cli.h"
#include "demo.h"
#include "serve.h"

static const struct cli_program programs[] = {
    {"demo", demo, "[--only TYPE,TYPE] [--keep] [--raw] [--data DIR]",
     "sample alerts on every channel, on fakes of the vendors"},
    {"serve", serve, "[--data DIR] [--listen ADDR:PORT] [--config DIR]",
     "run it: take alerts and deliver them"},
    {0},
};

int main(int argc, char **argv)
{
    return cli_main(argc, argv, programs);
}
