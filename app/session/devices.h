/* devices.h: the devices on which a run can be computed, and which one the next run takes.
 *
 * Thread: the window's. Signals:
 *   "changed" (): the list is another one, or another one of it was chosen by the program. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  const char *title; /* "CPU · 2 threads" */
  const char *name;  /* for nn_backend_open(), or "auto": found out for each run */
  int n_threads;
} BpDevice;

#define BP_TYPE_DEVICES (bp_devices_get_type())
G_DECLARE_FINAL_TYPE(BpDevices, bp_devices, BP, DEVICES, GObject)

/* As bp_devices_set_compute(…, 0, "auto"). */
BpDevices *bp_devices_new(void);
/* Makes the list anew and chooses its first. n_threads 0: one for each core. `device`: "cpu",
 * "cuda", or "auto", which takes CUDA where it works. */
void bp_devices_set_compute(BpDevices *self, int n_threads, const char *device);
const BpDevice *bp_devices_get_all(BpDevices *self, int *n); /* borrowed until "changed" */
int bp_devices_get_chosen(BpDevices *self);                  /* index in that list */
void bp_devices_choose(BpDevices *self, int index);          /* counts from the next run */
/* After a graphics card has failed. */
void bp_devices_choose_cpu(BpDevices *self);
/* While a run is active, the list does not change by itself. */
void bp_devices_set_in_use(BpDevices *self, gboolean in_use);

G_END_DECLS
