/* session-devices.c: the devices on which a run can be computed. */
#include "cuda-probe.h"
#include "session-private.h"
#include "engine/machine.h"
#include "ui/i18n.h"

static void add_device(BpSession *self, char *title, const char *name, int n_threads)
{
  int i = self->n_devices++;
  g_assert(i < (int)G_N_ELEMENTS(self->devices));
  self->device_titles[i] = title;
  self->devices[i] = (BpDevice){.title = title, .name = name, .n_threads = n_threads};
}

static void clear(BpSession *self)
{
  for (int i = 0; i < self->n_devices; i++)
    g_free(self->device_titles[i]);
  self->n_devices = self->device = 0;
}

/* The answer comes a moment after the start: what the person has chosen or begun by then stays. */
static void on_cuda(gpointer user_data)
{
  BpSession *self = user_data;
  if (bp_cuda_get_state() == BP_CUDA_WORKS && self->auto_threads >= 0 && self->device == 0 &&
      !bp_session_is_active(self))
    bp_session_set_compute(self, self->auto_threads, "auto");
}

void bp_session_set_compute(BpSession *self, int n_threads, const char *device)
{
  int cores = nn_machine_cores(); /* more threads would only take turns */
  int n = n_threads > 0 && n_threads < cores ? n_threads : cores;
  bool best = g_str_equal(device, "auto"), works = bp_cuda_get_state() == BP_CUDA_WORKS;
  clear(self);
  self->auto_threads = best ? n_threads : -1;
  if (best && works)
    add_device(self, g_strdup(_("Fastest for this recipe")), "auto", n);
  if (g_str_equal(device, "cuda") || (best && works))
    add_device(self, g_strdup(works ? bp_cuda_get_title() : "CUDA"), "cuda", n);
  if (n > 1)
    add_device(self, g_strdup_printf(ngettext("CPU · %u thread", "CPU · %u threads", (guint)n), n),
               "cpu", n);
  add_device(self, g_strdup(_("CPU · 1 thread")), "cpu", 1);
  bp_session_emit(self, BP_SESSION_DEVICES);
  if (best && bp_cuda_get_state() == BP_CUDA_UNKNOWN)
    bp_cuda_ask(G_OBJECT(self), on_cuda);
}

void bp_session_train_on_cpu(BpSession *self)
{
  int i = 0;
  if (!bp_session_can_train(self))
    return;
  while (!g_str_equal(self->devices[i].name, "cpu")) /* there always is one */
    i++;
  self->device = i;
  bp_session_emit(self, BP_SESSION_DEVICES);
  bp_session_train(self);
}

const BpDevice *bp_session_get_devices(BpSession *self, int *n)
{
  *n = self->n_devices;
  return self->devices;
}

void bp_session_set_device(BpSession *self, int index)
{
  g_return_if_fail(index >= 0 && index < self->n_devices);
  self->device = index;
}

int bp_session_get_device(BpSession *self)
{
  return self->device;
}
