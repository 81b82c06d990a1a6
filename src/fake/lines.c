/* lines.c -- the far ends that get lines: a syslog server, a script's output, the log
 * that fail2ban watches. */
#include "fake/own.h"

const struct fake_vendor fake_syslog = {
    .name = "syslog",
    .title = "Syslog",
    .face = FAKE_DATAGRAMS,
    .endpoint = "{\"transport\": \"udp\", \"host\": \"127.0.0.1\", \"port\": {port}}",
    .recipient = "{}",
    .show = show_body,
};

const struct fake_vendor fake_shell = {
    .name = "shell",
    .title = "Shell Script",
    .face = FAKE_FILE,
    .endpoint = "{\"script\": \"shell.sh\"}",
    .recipient = "{\"options\": \"'{dir}/shell.out'\"}",
    .machine = true,
    .script = "#!/bin/sh\n# An alert is on standard input, as one line of JSON.\n"
              "exec cat >>\"$1\"\n",
    .show = show_body,
};

const struct fake_vendor fake_fail2ban = {
    .name = "fail2ban",
    .title = "Fail2Ban",
    .face = FAKE_FILE,
    .endpoint = "{\"method\": \"log\", \"file\": \"{dir}/fail2ban.out\"}",
    .recipient = "{\"jail\": \"tocsin\"}",
    .show = show_body,
};
