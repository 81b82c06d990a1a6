/* op.c -- a change on its way to the writer: made, made anew, freed. */
#include "outbox/own.h"

struct op *op_new(enum op_kind kind, size_t targets)
{
    struct op *op = mem_new(sizeof *op + targets * sizeof op->targets[0]);

    op->kind = kind;
    return op;
}

void text_free(struct str s)
{
    free((char *)(uintptr_t)s.p);
}

struct str text_copy(struct str s, size_t max)
{
    size_t n = utf8_cut(s, max);

    return n == 0 ? STR_NONE : (struct str){mem_dup(s.p, n), n};
}

void op_reset(struct op *op)
{
    if (op->kind == OP_TAKE) {
        for (size_t i = 0; op->take.rows != NULL && i < op->take.count; i++) {
            kept_drop(op->take.rows[i].kept);
            text_free(op->take.rows[i].handle);
        }
        free(op->take.rows);
        op->take.rows = NULL;
        op->take.count = op->take.gave_up = 0;
    } else if (op->kind == OP_PREPARE) {
        text_free(op->prepare.handle);
        op->prepare.handle = STR_NONE;
    } else if (op->kind == OP_HELD) {
        for (size_t i = 0; op->held.rows != NULL && i < op->held.count; i++) {
            text_free(op->held.rows[i].hold.reason);
            text_free(op->held.rows[i].json);
        }
        free(op->held.rows);
        op->held.rows = NULL;
        op->held.count = 0;
    } else if (op->kind == OP_PUT) {
        ended_release(&op->put.ended);
    } else if (op->kind == OP_SETTLE && op->settle.transcript != NULL) {
        op->settle.transcript->id = 0;
    } else if (op->kind == OP_ACK) {
        ack_reset(op);
    }
}

static void targets_free(struct op *op)
{
    for (size_t i = 0; i < op->put.count; i++) {
        text_free(op->targets[i].handle);
        if (op->targets[i].hold != NULL)
            text_free(op->targets[i].hold->reason);
        free(op->targets[i].hold);
    }
}

static void unhold_free(struct op *op)
{
    for (size_t i = 0; i < op->unhold.n; i++)
        text_free(op->unhold.v[i].to.reason);
    free(op->unhold.v);
    free(op->unhold.was);
}

void op_free(struct op *op)
{
    op_reset(op);
    switch (op->kind) {
    case OP_PUT:
        targets_free(op);
        kept_drop(op->put.kept);
        break;
    case OP_SETTLE:
        text_free(op->settle.reason);
        text_free(op->settle.handle);
        transcript_drop(op->settle.transcript);
        break;
    case OP_ABANDON:
        text_free(op->abandon.reason);
        break;
    case OP_REDRIVE:
        free(op->redrive.ids);
        free(op->redrive.was);
        break;
    case OP_UNHOLD:
        unhold_free(op);
        break;
    case OP_ACK:
        ack_free(op);
        break;
    case OP_PAUSE:
        pause_free(op);
        break;
    case OP_CANCEL:
        cancel_free(op);
        break;
    case OP_HELD:
    case OP_TAKE:
    case OP_PREPARE:
    case OP_BARRIER:
        break;
    }
    free(op);
}
