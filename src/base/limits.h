/* limits.h -- every limit, one line each. Passing one is an error somebody sees. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* in: bodies and alerts */
#define INTAKE_BODY_MAX (4u << 20)      /* bytes of one POST to an intake path */
#define INTAKE_ALERTS_MAX 10000         /* alerts in one POST */
#define ADMIN_BODY_MAX (1u << 20)       /* bytes of one POST to the API */
#define JSON_DEPTH_MAX 32               /* nested arrays and objects */
#define JSON_MEMBERS_MAX 4096           /* members of one object */
#define ALERT_JSON_MAX (64u << 10)      /* bytes of one alert, as we keep it */
#define ALERT_KEY_MAX 512               /* bytes of an alert's key */
#define ALERT_NAME_MAX 128              /* bytes of type, category and source names */
#define ALERT_ENTITY_VALUE_MAX 512      /* bytes */
#define ALERT_MESSAGE_MAX (16u << 10)   /* bytes */
#define ENGAGED_MAX 1000000             /* alerts engaged at once */
#define SEEN_MAX (1u << 18)             /* idempotency keys remembered */
#define SEEN_MS (24 * 3600 * 1000LL)    /* for this long */

/* the durable waist */
#define GROUP_OPS_MAX 4096              /* changes in one commit */
#define GROUP_BYTES_MAX (32u << 20)     /* waiting for the writer; then 503 */
#define WINDOW_MAX 4096                 /* deliveries of one recipient in memory */
#define WINDOW_BYTES_MAX (64u << 20)    /* of all recipients together */
#define DELIVERY_TTL_MS (72 * 3600 * 1000LL) /* then dead: expired */
#define DELIVERY_ATTEMPTS_MAX 1000      /* attempts, then dead; time ends it first */
#define DELIVERY_DOUBTS_MAX 2           /* attempts that may have arrived, where repeats show */
#define DELIVERY_UNENDED_MAX 25         /* attempts that never ended (crashes), then dead */
#define DELIVERY_TRIES_KEPT 10          /* failed ones of a delivery, the last */
#define TRANSCRIPT_TEXT_MAX (16u << 10) /* bytes shown of one text of a try */
#define TRANSCRIPT_BYTES_MAX (256u << 10) /* of one, as JSON */
#define TRANSCRIPTS_EACH 3              /* of a delivery, the last */
#define TRANSCRIPTS_KEPT 8192           /* of all, the last */
#define TRANSCRIPTS_PER_S 50            /* made, after twice as many at once */
#define DISK_FREE_MIN (64u << 20)       /* bytes; below this intake answers 503 */
#define SETTLED_KEPT_MAX 1000000        /* settled alerts kept in the outbox */

/* out */
#define REQUEST_MAX (8u << 20)          /* bytes of one request body */
#define RESPONSE_MAX (64u << 10)        /* bytes read of one response body */
#define RESPONSE_LARGE_MAX (8u << 20)   /* the same, where a request asks for more */
#define RESPONSE_HEADERS_MAX (8u << 10) /* bytes kept of its headers */
#define REASON_MAX 500                  /* bytes of a kept reason */
#define HANDLE_MAX 512                  /* bytes of a remote handle */
#define BACKOFF_BASE_MS 1000
#define BACKOFF_CAP_MS (300 * 1000)
#define CIRCUIT_CAP_MS (30 * 1000)      /* longest wait between probes */
#define PAUSE_MS (300 * 1000)           /* between probes of a paused endpoint */
#define RETRY_AFTER_CAP_MS (3600 * 1000)
#define ATTEMPT_TIMEOUT_MS 30000
#define CONNECT_TIMEOUT_MS 10000
#define ENDPOINT_CONCURRENCY_MAX 10     /* requests in flight per endpoint */
#define TOGETHER_MAX 200                /* alerts one summary stands for */
#define EXEC_OUTPUT_MAX (64u << 10)     /* bytes kept of a script's output */

/* configuration */
#define NAME_MAX_BYTES 64               /* of an endpoint, recipient or pool */
#define ENDPOINTS_MAX 1000
#define RECIPIENTS_MAX 10000
#define POOLS_MAX 1000
#define INHIBITIONS_MAX 200
#define SILENCES_MAX 2000               /* expired ones as well */
#define SILENCE_KEPT_DAYS 30            /* after its end; then it is deleted */
#define POOL_MEMBERS_MAX 100000         /* of all pools together */
#define PARAM_TEXT_MAX 4096             /* bytes of one parameter */

/* users' own messages */
#define TEMPLATE_TEXT_MAX 4096          /* bytes of one template */
#define TEMPLATE_NAME_MAX 128           /* bytes of one name in it */
#define TEMPLATE_DEPTH_MAX 8            /* sections within sections */
#define TEMPLATE_OUTPUT_MAX (64u << 10) /* bytes that come of it */
#define TEMPLATE_STEPS_MAX (1u << 18)   /* pieces, names and bytes looked at */

/* web */
#define WEB_CONNECTIONS_MAX 2000
#define WEB_HEADERS_MAX (16u << 10)     /* bytes */
#define WEB_IDLE_S 60
#define PAGE_MAX 1000                   /* rows in one list answer */
#define LOG_LINE_MAX 2048

#endif
