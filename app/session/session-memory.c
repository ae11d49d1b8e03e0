/* session-memory.c: how much memory the recorded runs may use. */
#include "session-private.h"
#include "ui/i18n.h"

static BpRun *run_at(BpSession *self, guint index)
{
  BpRun *run = g_list_model_get_item(G_LIST_MODEL(self->runs), index);
  g_object_unref(run); /* the list keeps it */
  return run;
}

/* Pictures that are only there because run `index` and older ones show them. */
static guint64 kept_data(BpSession *self, guint index)
{
  BpData *data = run_at(self, index)->data;
  bool shared = data == self->data;
  for (guint i = 0; i < index && !shared; i++)
    shared = run_at(self, i)->data == data;
  return shared ? 0 : bp_data_memory(data);
}

static guint64 memory_of(BpSession *self, guint index)
{
  return bp_run_memory(run_at(self, index)) + kept_data(self, index);
}

guint64 bp_session_get_memory(BpSession *self)
{
  guint64 bytes = 0;
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->runs));
  for (guint i = 0; i < n; i++)
    bytes += memory_of(self, i);
  return bytes;
}

/* An exercise may remember the run: its outcome still counts. */
static void let_go(BpSession *self, guint index)
{
  g_autoptr(BpRun) run = g_object_ref(run_at(self, index));
  g_list_store_remove(self->runs, index);
  if (run == self->shown)
    bp_session_show_run(self, self->run);
  bp_run_forget_curves(run);
}

static void tell_gone(BpSession *self, guint first, guint last)
{
  g_autofree char *limit = g_format_size_full(self->memory_limit, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text =
      first == last
          ? g_strdup_printf(_("Run %u was removed: together, runs may use %s of memory"), last,
                            limit)
          : g_strdup_printf(_("Runs %u to %u were removed: together, runs may use %s of memory"),
                            first, last, limit);
  bp_session_tell(self, text);
}

/* The list begins with the newest, which stays whatever it takes. */
void bp_session_keep_memory(BpSession *self)
{
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->runs)), first = 0, last = 0;
  guint64 bytes = self->memory_limit ? bp_session_get_memory(self) : 0;
  for (; n > 1 && bytes > self->memory_limit; n--) {
    BpRun *oldest = run_at(self, n - 1);
    bytes -= memory_of(self, n - 1);
    last = oldest->number;
    first = first ? first : last;
    let_go(self, n - 1);
  }
  if (first)
    tell_gone(self, first, last);
}

void bp_session_set_memory_limit(BpSession *self, guint64 bytes)
{
  self->memory_limit = bytes;
  bp_session_keep_memory(self);
}
