/* main.c -- one program: the daemon and every subcommand. */
#include "cli/cli.h"
#include "serve.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv, serve);
}
