/* notify.h -- tells systemd how we are (sd_notify), without linking libsystemd. */
#ifndef NOTIFY_H
#define NOTIFY_H

/* "READY=1", "STOPPING=1", "WATCHDOG=1", ...; does nothing outside systemd. */
void notify_service(const char *state);

#endif
