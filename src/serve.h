/* serve.h -- `tocsin serve`: opens the rooms in order, runs, closes in reverse. */
#ifndef SERVE_H
#define SERVE_H

/* argv[0] is "serve". Exit status: 0 after SIGTERM, 1 when it cannot start or
 * run, 2 for wrong words, 74 when the disk fails, 78 for a bad configuration. */
int serve(int argc, char **argv);

#endif
