/* demo.h -- `tocsin demo`: sample alerts through the whole program to every channel,
 * each at a fake of its vendor in the same process. No network, no configuration. */
#ifndef DEMO_H
#define DEMO_H

/* argv[0] is "demo". Exit status: 0 when all was delivered, 1 when something was
 * not or it cannot start, 2 for wrong words. */
int demo(int argc, char **argv);

#endif
