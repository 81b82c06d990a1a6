/* corpus.h -- what attackers put into host names and messages, for every encoder:
 * spec/reliability.md 2.7 and what was found since. */
#ifndef UNIT_CORPUS_H
#define UNIT_CORPUS_H

#include "base/str.h"

static const struct str corpus[] = {
    STR(""),
    STR("plain"),
    STR(" lead and trail "),
    STR("a\r\nBcc: victim@example.org"),
    STR("a\r\n\r\n.\r\nMAIL FROM:<x@y>"),
    STR("a\n.\nb"),
    STR("\r"),
    STR("nul\0inside"),
    STR("'; DROP TABLE alerts; --"),
    STR("100% %s %n %_"),
    STR("<script>alert(1)</script>"),
    STR("<img src=x onerror=alert(1)>"),
    STR("</title></td><svg onload=alert(1)>"),
    STR("\" onmouseover=\"alert(1)"),
    STR("' autofocus='"),
    STR("javascript:alert(1)"),
    STR("&lt;already&gt; &amp;"),
    STR("$(id) `id` ; id | id && -rf * ~ $HOME"),
    STR("@everyone @here <!channel> <@U123> [x](http://evil.com) *b* _i_"),
    STR("\x1b[31mred\x1b]0;title\x07"),
    STR("<34>1 2020-01-01T00:00:00Z host app - - - forged"),
    STR("x] [Emergency][\"]"),
    STR("\"] \\\" \\\\ ]\" C:\\dir\\"),
    STR("trailing backslash \\"),
    STR("=cmd|' /C calc'!A0"),
    STR("\",\"admin\":true,\"x\":\""),
    STR("=?utf-8?q?fake?= =?utf-8?b?AAAA?="),
    STR("--=_tocsin--"),
    STR("\r\n--=_tocsin\r\n"),
    STR("=3D=\r\n soft"),
    STR("\xe2\x80\xae" "gnp.exe \xe2\x80\x8b\xe2\x81\xa6x\xef\xbb\xbf"),
    STR("\xc2\x85\xe2\x80\xa8\xe2\x80\xa9 lines"),
    STR("\xff\xfe\x80 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82"),
    STR("\xe7\x99\xbb\xe5\xbd\x95\xe5\xa4\xb1\xe8\xb4\xa5 \xf0\x9f\x9a\x92 "
        "\xd9\x81\xd8\xb4\xd9\x84 d\xc3\xa9j\xc3\xa0"),
    STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    STR("\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b"
        "\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b"
        "\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b\xe5\xae\x8b"),
    STR("====================================================================="
        "=================   ending in blanks   "),
    STR("tab\tand\ttab"),
};

#endif
