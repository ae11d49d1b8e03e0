/* devices.c: see devices.h. */
#include "devices.h"
#include "cuda-probe.h"
#include "engine/machine.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"

struct _BpDevices {
  GObject parent_instance;
  GArray *list; /* of BpDevice, whose titles it owns */
  int chosen;
  int auto_threads; /* as asked for with "auto"; −1: a device was named */
  gboolean in_use;
};

G_DEFINE_FINAL_TYPE(BpDevices, bp_devices, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_devices_finalize(GObject *object)
{
  g_array_unref(BP_DEVICES(object)->list);
  G_OBJECT_CLASS(bp_devices_parent_class)->finalize(object);
}

static void bp_devices_class_init(BpDevicesClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_devices_finalize;
  signals[CHANGED] = bp_signal_new(BP_TYPE_DEVICES, "changed", 0, 0, 0);
}

static void free_title(gpointer device)
{
  g_free((char *)((BpDevice *)device)->title);
}

static void bp_devices_init(BpDevices *self)
{
  self->list = g_array_new(FALSE, FALSE, sizeof(BpDevice));
  g_array_set_clear_func(self->list, free_title);
  bp_devices_set_compute(self, 0, "auto");
}

BpDevices *bp_devices_new(void)
{
  return g_object_new(BP_TYPE_DEVICES, NULL);
}

/* Takes the title. */
static void add_device(BpDevices *self, char *title, const char *name, int n_threads)
{
  BpDevice device = {.title = title, .name = name, .n_threads = n_threads};
  g_array_append_val(self->list, device);
}

/* The answer comes a moment after the start: what the person has chosen or begun by then stays. */
static void on_cuda(gpointer user_data)
{
  BpDevices *self = user_data;
  if (bp_cuda_get_state() == BP_CUDA_WORKS && self->auto_threads >= 0 && self->chosen == 0 &&
      !self->in_use)
    bp_devices_set_compute(self, self->auto_threads, "auto");
}

void bp_devices_set_compute(BpDevices *self, int n_threads, const char *device)
{
  int cores = nn_machine_cores(); /* more threads would only take turns */
  int n = n_threads > 0 && n_threads < cores ? n_threads : cores;
  bool best = g_str_equal(device, "auto"), works = bp_cuda_get_state() == BP_CUDA_WORKS;
  g_array_set_size(self->list, 0);
  self->chosen = 0;
  self->auto_threads = best ? n_threads : -1;
  if (best && works)
    add_device(self, g_strdup(_("Fastest for this recipe")), "auto", n);
  if (g_str_equal(device, "cuda") || (best && works))
    add_device(self, g_strdup(works ? bp_cuda_get_title() : "CUDA"), "cuda", n);
  if (n > 1)
    add_device(self, g_strdup_printf(ngettext("CPU · %u thread", "CPU · %u threads", (guint)n), n),
               "cpu", n);
  add_device(self, g_strdup(_("CPU · 1 thread")), "cpu", 1);
  g_signal_emit(self, signals[CHANGED], 0);
  if (best && bp_cuda_get_state() == BP_CUDA_UNKNOWN)
    bp_cuda_ask(G_OBJECT(self), on_cuda);
}

const BpDevice *bp_devices_get_all(BpDevices *self, int *n)
{
  *n = (int)self->list->len;
  return (const BpDevice *)self->list->data;
}

int bp_devices_get_chosen(BpDevices *self)
{
  return self->chosen;
}

void bp_devices_choose(BpDevices *self, int index)
{
  g_return_if_fail(index >= 0 && index < (int)self->list->len);
  self->chosen = index;
}

void bp_devices_choose_cpu(BpDevices *self)
{
  int i = 0;
  while (!g_str_equal(g_array_index(self->list, BpDevice, i).name, "cpu")) /* there always is one */
    i++;
  self->chosen = i;
  g_signal_emit(self, signals[CHANGED], 0);
}

void bp_devices_set_in_use(BpDevices *self, gboolean in_use)
{
  self->in_use = in_use;
}
