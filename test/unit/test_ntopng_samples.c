/* test_ntopng_samples.c -- every alert of ntopng's in test/samples, decoded.
 * What is wanted was worked out from the specification, not from the decoder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "intake/intake.h"

#include "strs.h"

#define NOW_MS 1795471200000LL /* after all of them */

static const struct row {
    const char *file; /* without "ntopng-" */
    size_t at;        /* which alert of the file */
    enum entity entity;
    const char *entity_value, *type;
    int32_t type_id;
    const char *category, *severity;
    int64_t score;
    enum action action;
    const char *key;
    int64_t tstamp_s, tstamp_end_s;
} rows[] = {
    /* 4.2 and older, by hand. */
    {"doc-2018-syslog-json-threshold-engage.json", 0, ENTITY_INTERFACE, "iface_0",
     "threshold_cross", 4136, "other", "error", 100, ACTION_ENGAGE,
     "ntopng:0:interface:iface_0:threshold_cross:min_bytes:", 1536247320, 0},
    {"doc-2019-webhook-v0.1.json", 0, ENTITY_HOST, "ntopng",
     "process_notification", -1, "system", "info", 1, ACTION_STORE,
     "ntopng:1:host:ntopng:process_notification::", 1536245738, 0},
    {"-syslog-lines.txt", 0, ENTITY_HOST, "ntopng",
     "process_notification", -1, "system", "info", 1, ACTION_STORE,
     "ntopng:1:host:ntopng:process_notification::", 1536245738, 0},
    {"-syslog-lines.txt", 1, ENTITY_INTERFACE, "iface_0",
     "threshold_cross", 4136, "other", "error", 100, ACTION_ENGAGE,
     "ntopng:0:interface:iface_0:threshold_cross:min_bytes:", 1536247320, 0},
    {"doc-2020-queue-flow-store.json", 0, ENTITY_FLOW,
     "192.168.1.29:60952->23.206.251.35:80/tcp",
     "low_goodput", 12, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.29:23.206.251.35:80:6:low_goodput", 1606141256, 0},
    /* alert_severity 2 of April 2020: the last of three steps. */
    {"doc-2020-queue-threshold-host-engage.json", 0, ENTITY_HOST, "140.82.114.26",
     "packets", -1, "other", "error", 100, ACTION_ENGAGE,
     "ntopng:1:host:140.82.114.26:packets:packets:60", 1585579981, 0},
    {"-notification-engage-legacy.json", 0, ENTITY_HOST, "140.82.114.26",
     "packets", -1, "other", "error", 100, ACTION_ENGAGE,
     "ntopng:1:host:140.82.114.26:packets:packets:60", 1585579981, 0},
    {"issue3105-2020-queue-host-release.json", 0, ENTITY_HOST, "127.0.0.1",
     "host_score", -1, "other", "error", 100, ACTION_RELEASE,
     "ntopng:1:host:127.0.0.1:host_score:host_score:60", 1586525580, 1586525640},
    /* alert_severity 4 of December 2020, with a pool_id: of nine steps. */
    {"issue4843-2020-syslog-json-mac-store.json", 0, ENTITY_MAC, "D8:9E:F3:D9:A8:08",
     "alert_2", -1, "other", "warning", 50, ACTION_STORE,
     "ntopng:3:mac:D8:9E:F3:D9:A8:08:alert_2:"
     "67_D8:9E:F3:D9:A8:08_80.81.192.76_FF:FF:FF:FF:FF:FF_1.2.3.0:0",
     1608143642, 0},
    /* 6.3, by a second implementation. */
    {"live-alert-am_host-am_threshold_cross-engage.json", 0, ENTITY_AM_HOST,
     "http@http://127.0.0.1:18080/x",
     "am_threshold_cross", 4119, "active_monitoring", "warning", 50, ACTION_ENGAGE,
     "ntopng:-1:am_host:http@http://127.0.0.1:18080/x:am_threshold_cross::60", 1795468923, 0},
    {"live-alert-am_host-am_threshold_cross-release.json", 0, ENTITY_AM_HOST,
     "http@http://127.0.0.1:18080/x",
     "am_threshold_cross", 4119, "active_monitoring", "warning", 50, ACTION_RELEASE,
     "ntopng:-1:am_host:http@http://127.0.0.1:18080/x:am_threshold_cross::60",
     1795468923, 1795469103},
    {"live-alert-flow-low_goodput-store.json", 0, ENTITY_FLOW,
     "192.168.1.93:61641->2.23.155.233:80/tcp",
     "low_goodput", 12, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:2.23.155.233:80:6:low_goodput", 1795468796, 0},
    {"live-alert-flow-ndpi_tls_certificate_expired-store.json", 0, ENTITY_FLOW,
     "192.168.2.126:60174->104.111.215.93:443/tcp",
     "ndpi_tls_certificate_expired", 22, "security", "error", 100, ACTION_STORE,
     "flow:192.168.2.126:104.111.215.93:443:6:ndpi_tls_certificate_expired", 1795467978, 0},
    {"live-alert-flow-ndpi_url_possible_sql_injection-store.json", 0, ENTITY_FLOW,
     "192.168.137.178:42258->192.168.137.86:80/tcp",
     "ndpi_url_possible_sql_injection", 40, "security", "error", 160, ACTION_STORE,
     "flow:192.168.137.178:192.168.137.86:80:6:ndpi_url_possible_sql_injection", 1795467712, 0},
    {"live-alert-host-flow_flood-engage.json", 0, ENTITY_HOST, "64.13.134.52",
     "flow_flood", 4, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:64.13.134.52:flow_flood::60", 1795467609, 0},
    {"live-alert-host-flow_flood-release.json", 0, ENTITY_HOST, "64.13.134.52",
     "flow_flood", 4, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:64.13.134.52:flow_flood::60", 1795467609, 1795467695},
    {"live-alert-host-syn_scan-engage.json", 0, ENTITY_HOST, "64.13.134.52",
     "syn_scan", 5, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:64.13.134.52:syn_scan::60", 1795467609, 0},
    {"live-alert-host-syn_scan-release.json", 0, ENTITY_HOST, "64.13.134.52",
     "syn_scan", 5, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:64.13.134.52:syn_scan::60", 1795467609, 1795467695},
    {"live-alert-mac-mac_ip_association_change-store.json", 0, ENTITY_MAC, "08:00:27:EF:D3:15",
     "mac_ip_association_change", 4112, "network", "error", 100, ACTION_STORE,
     "ntopng:0:mac:08:00:27:EF:D3:15:mac_ip_association_change:"
     "192.168.1.254_DC:F8:B9:A8:8A:CB_08:00:27:EF:D3:15:0",
     1795468155, 0},
    {"live-alert-system-process_notification-store.json", 0, ENTITY_SYSTEM, "ntopng",
     "process_notification", 4125, "system", "error", 100, ACTION_STORE,
     "ntopng:-1:system:ntopng:process_notification::0", 1795469318, 0},
    {"live-alert-user-user_activity-store.json", 0, ENTITY_USER, "nologin",
     "user_activity", 4139, "other", "notice", 10, ACTION_STORE,
     "ntopng:-1:user:nologin:user_activity:function/export/127.0.0.1:0", 1795469430, 0},
    {"live-webhook-post-01.json", 0, ENTITY_SYSTEM, "ntopng",
     "process_notification", 4125, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:process_notification::0", 1795467608, 0},
    {"live-webhook-post-01.json", 1, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.json", 2, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.json", 3, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-webhook-post-01.json", 4, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-webhook-post-01.json", 5, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:70/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:70:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-webhook-post-01.json", 6, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:8008/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:8008:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.json", 7, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:8008/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:8008:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.json", 8, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:31337/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:31337:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-webhook-post-01.json", 9, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:110/tcp",
     "ndpi_unsafe_protocol", 52, "security", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:110:6:ndpi_unsafe_protocol", 1795467609, 0},
    {"live-webhook-post-02.json", 0, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:25/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:25:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-webhook-post-02.json", 1, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:4000/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:4000:6:remote_access", 1795467609, 0},
    {"live-webhook-post-02.json", 2, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:4000/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:4000:6:remote_access", 1795467609, 0},
    {"live-webhook-post-02.json", 3, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:4899/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:4899:6:remote_access", 1795467609, 0},
    {"live-webhook-post-02.json", 4, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:4899/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:4899:6:remote_access", 1795467609, 0},
    {"live-webhook-post-02.json", 5, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 0},
    {"live-webhook-post-02.json", 6, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 0},
    {"live-webhook-post-02.json", 7, ENTITY_HOST, "172.16.0.8",
     "syn_scan", 5, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:syn_scan::60", 1795467609, 0},
    {"live-webhook-post-02.json", 8, ENTITY_HOST, "64.13.134.52",
     "flow_flood", 4, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:64.13.134.52:flow_flood::60", 1795467609, 0},
    {"live-webhook-post-02.json", 9, ENTITY_HOST, "64.13.134.52",
     "syn_scan", 5, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:64.13.134.52:syn_scan::60", 1795467609, 0},
    {"live-webhook-post-03.json", 0, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:1600/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:1600:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 1, ENTITY_HOST, "172.16.0.8",
     "syn_scan", 5, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:syn_scan::60", 1795467609, 1795467695},
    {"live-webhook-post-03.json", 2, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:1984/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:1984:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 3, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:2111/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:2111:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 4, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:3007/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3007:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 5, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5440/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5440:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 6, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 1795467695},
    {"live-webhook-post-03.json", 7, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 1795467695},
    {"live-webhook-post-03.json", 8, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5952/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5952:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-webhook-post-03.json", 9, ENTITY_HOST, "64.13.134.52",
     "syn_scan", 5, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:64.13.134.52:syn_scan::60", 1795467609, 1795467695},
    {"live-webhook-post-01.http.txt", 0, ENTITY_SYSTEM, "ntopng",
     "process_notification", 4125, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:process_notification::0", 1795467608, 0},
    {"live-webhook-post-01.http.txt", 1, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 2, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 3, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 4, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 5, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:70/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:70:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 6, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:8008/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:8008:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 7, ENTITY_FLOW, "172.16.0.8:36051->64.13.134.52:8008/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:8008:6:remote_access", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 8, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:31337/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:31337:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-webhook-post-01.http.txt", 9, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:110/tcp",
     "ndpi_unsafe_protocol", 52, "security", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:110:6:ndpi_unsafe_protocol", 1795467609, 0},
    {"live-shell-stdin.ndjson", 0, ENTITY_USER, "nologin",
     "user_activity", 4139, "other", "notice", 10, ACTION_STORE,
     "ntopng:-1:user:nologin:user_activity:function/export/127.0.0.1:0", 1795467573, 0},
    {"live-shell-stdin.ndjson", 1, ENTITY_SYSTEM, "ntopng",
     "shell_script_executed", 4148, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:shell_script_executed::0", 1795467575, 0},
    {"live-shell-stdin.ndjson", 2, ENTITY_SYSTEM, "ntopng",
     "process_notification", 4125, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:process_notification::0", 1795467606, 0},
    {"live-shell-stdin.ndjson", 3, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-shell-stdin.ndjson", 4, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-shell-stdin.ndjson", 5, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:70/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:70:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-shell-stdin.ndjson", 6, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:110/tcp",
     "ndpi_unsafe_protocol", 52, "security", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:110:6:ndpi_unsafe_protocol", 1795467609, 0},
    {"live-shell-stdin.ndjson", 7, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 0},
    {"live-shell-stdin.ndjson", 8, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 0},
    {"live-shell-stdin.ndjson", 9, ENTITY_HOST, "172.16.0.8",
     "syn_scan", 5, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:syn_scan::60", 1795467609, 0},
    {"live-shell-stdin.ndjson", 10, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:41511/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:41511:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-shell-stdin.ndjson", 11, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:53/tcp",
     "tcp_no_data_exchanged", 56, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:53:6:tcp_no_data_exchanged", 1795467695, 0},
    {"live-shell-stdin.ndjson", 12, ENTITY_HOST, "172.16.0.8",
     "syn_scan", 5, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:syn_scan::60", 1795467609, 1795467695},
    {"live-shell-stdin.ndjson", 13, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 1795467695},
    {"live-shell-stdin.ndjson", 14, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 1795467695},
    {"live-shell-stdin.ndjson", 15, ENTITY_FLOW, "192.168.137.178:42258->192.168.137.86:80/tcp",
     "ndpi_url_possible_sql_injection", 40, "security", "error", 160, ACTION_STORE,
     "flow:192.168.137.178:192.168.137.86:80:6:ndpi_url_possible_sql_injection", 1795467712, 0},
    {"live-shell-stdin.ndjson", 16, ENTITY_FLOW, "192.168.7.7:35236->67.215.92.210:443/tcp",
     "ndpi_tls_certificate_mismatch", 23, "security", "error", 100, ACTION_STORE,
     "flow:192.168.7.7:67.215.92.210:443:6:ndpi_tls_certificate_mismatch", 1795467799, 0},
    {"live-shell-stdin.ndjson", 17, ENTITY_FLOW, "192.168.7.7->144.139.247.220/icmp",
     "ndpi_suspicious_entropy", 73, "security", "notice", 10, ACTION_STORE,
     "flow:192.168.7.7:144.139.247.220:0:1:ndpi_suspicious_entropy", 1795467799, 0},
    {"live-shell-stdin.ndjson", 18, ENTITY_FLOW, "192.168.137.147:42076->192.168.137.13:80/tcp",
     "ndpi_url_possible_xss", 39, "security", "error", 160, ACTION_STORE,
     "flow:192.168.137.147:192.168.137.13:80:6:ndpi_url_possible_xss", 1795467889, 0},
    {"live-shell-stdin.ndjson", 19, ENTITY_FLOW, "192.168.2.126:60174->104.111.215.93:443/tcp",
     "ndpi_tls_certificate_expired", 22, "security", "error", 100, ACTION_STORE,
     "flow:192.168.2.126:104.111.215.93:443:6:ndpi_tls_certificate_expired", 1795467978, 0},
    {"live-shell-stdin.ndjson", 20, ENTITY_MAC, "08:00:27:EF:D3:15",
     "mac_ip_association_change", 4112, "network", "error", 100, ACTION_STORE,
     "ntopng:0:mac:08:00:27:EF:D3:15:mac_ip_association_change:"
     "192.168.1.254_DC:F8:B9:A8:8A:CB_08:00:27:EF:D3:15:0",
     1795468155, 0},
    {"live-shell-stdin.ndjson", 21, ENTITY_FLOW, "192.168.43.91:56354->4.2.2.4:53/udp",
     "ndpi_dns_suspicious_traffic", 53, "security", "warning", 50, ACTION_STORE,
     "flow:192.168.43.91:4.2.2.4:53:17:ndpi_dns_suspicious_traffic", 1795468433, 0},
    {"live-shell-stdin.ndjson", 22, ENTITY_FLOW, "192.168.43.91:56354->4.2.2.4:53/udp",
     "ndpi_error_code_detected", 71, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.43.91:4.2.2.4:53:17:ndpi_error_code_detected", 1795468433, 0},
    {"live-shell-stdin.ndjson", 23, ENTITY_HOST, "192.168.43.91",
     "score_threshold", 17, "security", "error", 150, ACTION_ENGAGE,
     "ntopng:0:host:192.168.43.91:score_threshold::60", 1795468433, 0},
    {"live-shell-stdin.ndjson", 24, ENTITY_HOST, "192.168.43.91",
     "score_threshold", 17, "security", "error", 150, ACTION_RELEASE,
     "ntopng:0:host:192.168.43.91:score_threshold::60", 1795468433, 1795468520},
    {"live-shell-stdin.ndjson", 25, ENTITY_FLOW, "10.0.0.1:68->10.0.0.255:67/udp",
     "unexpected_dhcp_server", 32, "security", "error", 100, ACTION_STORE,
     "flow:10.0.0.1:10.0.0.255:67:17:unexpected_dhcp_server", 1795468522, 0},
    {"live-shell-stdin.ndjson", 26, ENTITY_FLOW, "192.168.1.93:52340->192.168.1.1:53/udp",
     "ndpi_minor_issues", 89, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:192.168.1.1:53:17:ndpi_minor_issues", 1795468712, 0},
    {"live-shell-stdin.ndjson", 27, ENTITY_FLOW, "192.168.1.93:61660->192.168.1.176:443/tcp",
     "ndpi_tls_old_protocol_version", 24, "security", "error", 110, ACTION_STORE,
     "flow:192.168.1.93:192.168.1.176:443:6:ndpi_tls_old_protocol_version", 1795468712, 0},
    {"live-shell-stdin.ndjson", 28, ENTITY_FLOW, "192.168.1.93:61598->13.224.102.129:443/tcp",
     "ndpi_tls_certificate_about_to_expire", 69, "security", "warning", 50, ACTION_STORE,
     "flow:192.168.1.93:13.224.102.129:443:6:ndpi_tls_certificate_about_to_expire", 1795468712, 0},
    {"live-shell-stdin.ndjson", 29, ENTITY_FLOW, "192.168.1.93:61685->185.54.150.85:443/tcp",
     "ndpi_tls_not_carrying_https", 46, "security", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:185.54.150.85:443:6:ndpi_tls_not_carrying_https", 1795468712, 0},
    {"live-shell-stdin.ndjson", 30, ENTITY_HOST, "192.168.1.1",
     "unexpected_gateway", 8, "network", "error", 100, ACTION_ENGAGE,
     "ntopng:0:host:192.168.1.1:unexpected_gateway::60", 1795468712, 0},
    {"live-shell-stdin.ndjson", 31, ENTITY_FLOW, "192.168.1.93:60856->172.217.21.67:443/tcp",
     "low_goodput", 12, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:172.217.21.67:443:6:low_goodput", 1795468796, 0},
    {"live-shell-stdin.ndjson", 32, ENTITY_HOST, "192.168.1.1",
     "unexpected_gateway", 8, "network", "error", 100, ACTION_RELEASE,
     "ntopng:0:host:192.168.1.1:unexpected_gateway::60", 1795468712, 1795468796},
    {"live-syslog-json-udp.txt", 0, ENTITY_FLOW, "flow",
     "unknown", -1, "other", "info", 1, ACTION_STORE,
     "flow:flow:unknown", 1795467548, 0},
    {"live-syslog-json-udp.txt", 1, ENTITY_USER, "nologin",
     "user_activity", 4139, "other", "notice", 10, ACTION_STORE,
     "ntopng:-1:user:nologin:user_activity:function/export/127.0.0.1:0", 1795467573, 0},
    {"live-syslog-json-udp.txt", 2, ENTITY_SYSTEM, "ntopng",
     "shell_script_executed", 4148, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:shell_script_executed::0", 1795467575, 0},
    {"live-syslog-json-udp.txt", 3, ENTITY_SYSTEM, "ntopng",
     "process_notification", 4125, "system", "notice", 10, ACTION_STORE,
     "ntopng:-1:system:ntopng:process_notification::0", 1795467606, 0},
    {"live-syslog-json-udp.txt", 4, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:5800/tcp",
     "remote_access", 57, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:5800:6:remote_access", 1795467609, 0},
    {"live-syslog-json-udp.txt", 5, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:3389/tcp",
     "ndpi_desktop_or_file_sharing_session", 78, "security", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:3389:6:ndpi_desktop_or_file_sharing_session", 1795467609, 0},
    {"live-syslog-json-udp.txt", 6, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:70/tcp",
     "ndpi_tcp_issues", 90, "network", "warning", 50, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:70:6:ndpi_tcp_issues", 1795467609, 0},
    {"live-syslog-json-udp.txt", 7, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:110/tcp",
     "ndpi_unsafe_protocol", 52, "security", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:110:6:ndpi_unsafe_protocol", 1795467609, 0},
    {"live-syslog-json-udp.txt", 8, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 0},
    {"live-syslog-json-udp.txt", 9, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 0},
    {"live-syslog-json-udp.txt", 10, ENTITY_HOST, "172.16.0.8",
     "syn_scan", 5, "security", "warning", 50, ACTION_ENGAGE,
     "ntopng:0:host:172.16.0.8:syn_scan::60", 1795467609, 0},
    {"live-syslog-json-udp.txt", 11, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:41511/tcp",
     "ndpi_unidirectional_traffic", 26, "network", "notice", 20, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:41511:6:ndpi_unidirectional_traffic", 1795467695, 0},
    {"live-syslog-json-udp.txt", 12, ENTITY_FLOW, "172.16.0.8:36050->64.13.134.52:53/tcp",
     "tcp_no_data_exchanged", 56, "network", "notice", 10, ACTION_STORE,
     "flow:172.16.0.8:64.13.134.52:53:6:tcp_no_data_exchanged", 1795467695, 0},
    {"live-syslog-json-udp.txt", 13, ENTITY_HOST, "172.16.0.8",
     "flow_flood", 4, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:flow_flood::60", 1795467609, 1795467695},
    {"live-syslog-json-udp.txt", 14, ENTITY_HOST, "172.16.0.8",
     "remote_connection", 12, "network", "notice", 10, ACTION_RELEASE,
     "ntopng:0:host:172.16.0.8:remote_connection::60", 1795467609, 1795467695},
    {"live-syslog-json-udp.txt", 15, ENTITY_HOST, "64.13.134.52",
     "syn_scan", 5, "security", "warning", 50, ACTION_RELEASE,
     "ntopng:0:host:64.13.134.52:syn_scan::60", 1795467609, 1795467695},
    {"live-syslog-json-udp.txt", 16, ENTITY_FLOW, "192.168.137.178:42258->192.168.137.86:80/tcp",
     "ndpi_url_possible_sql_injection", 40, "security", "error", 160, ACTION_STORE,
     "flow:192.168.137.178:192.168.137.86:80:6:ndpi_url_possible_sql_injection", 1795467712, 0},
    {"live-syslog-json-udp.txt", 17, ENTITY_FLOW, "192.168.7.7:35236->67.215.92.210:443/tcp",
     "ndpi_tls_certificate_mismatch", 23, "security", "error", 100, ACTION_STORE,
     "flow:192.168.7.7:67.215.92.210:443:6:ndpi_tls_certificate_mismatch", 1795467799, 0},
    {"live-syslog-json-udp.txt", 18, ENTITY_FLOW, "192.168.7.7->144.139.247.220/icmp",
     "ndpi_suspicious_entropy", 73, "security", "notice", 10, ACTION_STORE,
     "flow:192.168.7.7:144.139.247.220:0:1:ndpi_suspicious_entropy", 1795467799, 0},
    {"live-syslog-json-udp.txt", 19, ENTITY_FLOW, "192.168.137.147:42076->192.168.137.13:80/tcp",
     "ndpi_url_possible_xss", 39, "security", "error", 160, ACTION_STORE,
     "flow:192.168.137.147:192.168.137.13:80:6:ndpi_url_possible_xss", 1795467889, 0},
    {"live-syslog-json-udp.txt", 20, ENTITY_FLOW, "192.168.2.126:60174->104.111.215.93:443/tcp",
     "ndpi_tls_certificate_expired", 22, "security", "error", 100, ACTION_STORE,
     "flow:192.168.2.126:104.111.215.93:443:6:ndpi_tls_certificate_expired", 1795467978, 0},
    {"live-syslog-json-udp.txt", 21, ENTITY_MAC, "08:00:27:EF:D3:15",
     "mac_ip_association_change", 4112, "network", "error", 100, ACTION_STORE,
     "ntopng:0:mac:08:00:27:EF:D3:15:mac_ip_association_change:"
     "192.168.1.254_DC:F8:B9:A8:8A:CB_08:00:27:EF:D3:15:0",
     1795468155, 0},
    {"live-syslog-json-udp.txt", 22, ENTITY_FLOW, "192.168.43.91:56354->4.2.2.4:53/udp",
     "ndpi_dns_suspicious_traffic", 53, "security", "warning", 50, ACTION_STORE,
     "flow:192.168.43.91:4.2.2.4:53:17:ndpi_dns_suspicious_traffic", 1795468433, 0},
    {"live-syslog-json-udp.txt", 23, ENTITY_HOST, "192.168.43.91",
     "score_threshold", 17, "security", "error", 150, ACTION_ENGAGE,
     "ntopng:0:host:192.168.43.91:score_threshold::60", 1795468433, 0},
    {"live-syslog-json-udp.txt", 24, ENTITY_HOST, "192.168.43.91",
     "score_threshold", 17, "security", "error", 150, ACTION_RELEASE,
     "ntopng:0:host:192.168.43.91:score_threshold::60", 1795468433, 1795468520},
    {"live-syslog-json-udp.txt", 25, ENTITY_FLOW, "10.0.0.1:68->10.0.0.255:67/udp",
     "unexpected_dhcp_server", 32, "security", "error", 100, ACTION_STORE,
     "flow:10.0.0.1:10.0.0.255:67:17:unexpected_dhcp_server", 1795468522, 0},
    {"live-syslog-json-udp.txt", 26, ENTITY_FLOW, "192.168.1.93:52340->192.168.1.1:53/udp",
     "ndpi_minor_issues", 89, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:192.168.1.1:53:17:ndpi_minor_issues", 1795468712, 0},
    {"live-syslog-json-udp.txt", 27, ENTITY_FLOW, "192.168.1.93:61660->192.168.1.176:443/tcp",
     "ndpi_tls_old_protocol_version", 24, "security", "error", 110, ACTION_STORE,
     "flow:192.168.1.93:192.168.1.176:443:6:ndpi_tls_old_protocol_version", 1795468712, 0},
    {"live-syslog-json-udp.txt", 28, ENTITY_FLOW, "192.168.1.93:61598->13.224.102.129:443/tcp",
     "ndpi_tls_certificate_about_to_expire", 69, "security", "warning", 50, ACTION_STORE,
     "flow:192.168.1.93:13.224.102.129:443:6:ndpi_tls_certificate_about_to_expire", 1795468712, 0},
    {"live-syslog-json-udp.txt", 29, ENTITY_FLOW, "192.168.1.93:61685->185.54.150.85:443/tcp",
     "ndpi_tls_not_carrying_https", 46, "security", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:185.54.150.85:443:6:ndpi_tls_not_carrying_https", 1795468712, 0},
    {"live-syslog-json-udp.txt", 30, ENTITY_FLOW, "192.168.1.93:60856->172.217.21.67:443/tcp",
     "low_goodput", 12, "network", "notice", 10, ACTION_STORE,
     "flow:192.168.1.93:172.217.21.67:443:6:low_goodput", 1795468796, 0},
    {"live-syslog-json-udp.txt", 31, ENTITY_HOST, "192.168.1.1",
     "unexpected_gateway", 8, "network", "error", 100, ACTION_RELEASE,
     "ntopng:0:host:192.168.1.1:unexpected_gateway::60", 1795468712, 1795468796},
};

static const struct decode_options options = {.now_ms = NOW_MS};

/* What of a file is alerts: the body of a request, the JSON of each line. */
static struct str alerts_of(struct arena *a, const char *file, struct str text)
{
    struct buf json freed_by(buf_release) = BUF(SAMPLE_MAX);
    const char *body;

    if (str_ends(str_of(file), ".http.txt")) {
        body = strstr(text.p, "\r\n\r\n");
        assert_non_null(body);
        return str_of(body + 4);
    }
    if (!str_ends(str_of(file), ".txt"))
        return text;
    while (text.n > 0) {
        struct str line = str_until(&text, '\n');
        size_t brace = str_find(line, '{');

        if (brace < line.n) {
            buf_str(&json, str_from(line, brace));
            buf_char(&json, '\n');
        }
    }
    return arena_str(a, buf_view(&json));
}

static struct str body_of(struct arena *a, const char *file)
{
    struct str name = arena_printf(a, "ntopng-%s", file);

    return alerts_of(a, file, sample_read(a, name.p));
}

static void check_row(const struct row *r, const struct incoming *in)
{
    const struct alert *a = &in->alert;
    struct error err;

    if (!alert_check(a, &err))
        fail_msg("%s: %s: %s", r->file, err.place, err.text);
    assert_i64(r->file, a->entity, r->entity);
    assert_str(r->file, a->entity_value, r->entity_value);
    assert_str(r->file, a->type, r->type);
    assert_i64(r->file, a->type_id, r->type_id);
    assert_str(r->file, a->category, r->category);
    assert_string_equal(severity_name(a->severity), r->severity);
    assert_i64(r->file, a->score, r->score);
    assert_i64(r->file, a->action, r->action);
    assert_str(r->file, a->key, r->key);
    assert_i64(r->file, a->tstamp_ms, r->tstamp_s * 1000);
    assert_i64(r->file, a->tstamp_end_ms, r->tstamp_end_s * 1000);
    assert_i64(r->file, a->lease_ms, 0);
    assert_str(r->file, a->source, "ntopng");
    assert_true(a->message.n > 0);
    assert_int_equal(in->idempotency.n, 32);
}

/* How many rows a file has: as many alerts must come out of it. */
static size_t rows_of(const char *file)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        n += strcmp(rows[i].file, file) == 0;
    return n;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err = {0};
        int status = 0;

        if (!decode_ntopng(&a, body_of(&a, rows[i].file), &options, &batch, &status,
                           &err))
            fail_msg("%s: %d %s: %s", rows[i].file, status, err.place, err.text);
        assert_false(batch.test);
        assert_int_equal(batch.n, rows_of(rows[i].file));
        check_row(&rows[i], &batch.v[rows[i].at]);
    }
}

static void test_test_buttons(void **state)
{
    static const char *const files[] = {"live-webhook-test.http.txt",
                                        "issue2894-2019-webhook-test.json"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err = {0};
        int status = 0;

        assert_true(decode_ntopng(&a, body_of(&a, files[i]), &options, &batch,
                                  &status, &err));
        assert_true(batch.test);
        assert_int_equal(batch.n, 0);
        assert_str(files[i], batch.secret, i == 0 ? "s3cr3t" : "");
    }
}

/* What ntopng answers or writes elsewhere is no alert, and is not taken for one. */
static void test_not_alerts(void **state)
{
    static const char *const files[] = {
        "-rest-alert-list.json",
        "doc-2020-ecs-event.json",
        "e2e-rest-v2-alert_flow_risk_dga_01.json",
        "e2e-rest-v2-alert_host_synscan.json",
        "e2e-rest-v2-get_alert_type_consts_01.json",
        "live-export-active-monitoring-config.json",
        "live-export-notifications-config.json",
        "live-get_endpoint_configs.json",
        "live-get_recipients_endpoint.json",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err = {0};
        int status = 0;

        if (decode_ntopng(&a, body_of(&a, files[i]), &options, &batch, &status, &err))
            fail_msg("%s was taken", files[i]);
        assert_int_equal(status, 422);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_test_buttons),
        cmocka_unit_test(test_not_alerts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
