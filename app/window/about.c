/* about.c: see about.h. */
#include "about.h"
#include "app/config.h"
#include "app/session/cuda-probe.h"
#include "engine/machine.h"
#include "ui/compat.h"
#include "ui/i18n.h"

#define HOME "https://github.com/backprop-lab/Backprop"

/* What is said for a report of a fault is in English whatever the language: others are to read it.
 */

static void add_versions(GString *text)
{
  g_string_append_printf(text, "Backprop %s\n", BP_VERSION);
  g_string_append_printf(text, "GTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n",
                         gtk_get_major_version(), gtk_get_minor_version(), gtk_get_micro_version(),
                         adw_get_major_version(), adw_get_minor_version(), adw_get_micro_version(),
                         glib_major_version, glib_minor_version, glib_micro_version);
  g_autofree char *system = g_get_os_info(G_OS_INFO_KEY_PRETTY_NAME);
  gboolean sandbox = g_file_test("/.flatpak-info", G_FILE_TEST_EXISTS);
  g_string_append_printf(text, "%s%s\n", system ? system : "unknown system",
                         sandbox ? ", in a Flatpak" : "");
}

static void add_computing(GString *text, GSettings *preferences)
{
  g_autofree char *device = g_settings_get_string(preferences, "device");
  g_string_append_printf(text, "\nPreferred device: %s; threads: %d (0: all of %u cores)\n", device,
                         g_settings_get_int(preferences, "threads"), (guint)nn_machine_cores());
  g_string_append_printf(text, "CUDA: %s\n",
                         bp_cuda_get_state() == BP_CUDA_WORKS   ? "works"
                         : bp_cuda_get_state() == BP_CUDA_FAILS ? bp_cuda_get_reason()
                                                                : "not asked yet");
}

static void add_drawing(GString *text, GtkWindow *parent)
{
  GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(parent));
  GskRenderer *renderer = gtk_native_get_renderer(GTK_NATIVE(parent));
  g_autofree char *theme = NULL, *font = NULL;
  g_object_get(gtk_settings_get_default(), "gtk-theme-name", &theme, "gtk-font-name", &font, NULL);
  g_string_append_printf(text, "\nDisplay: %s, scale %d, drawn by %s\n",
                         G_OBJECT_TYPE_NAME(gtk_widget_get_display(GTK_WIDGET(parent))),
                         surface ? gdk_surface_get_scale_factor(surface) : 1,
                         renderer ? G_OBJECT_TYPE_NAME(renderer) : "nothing yet");
  g_string_append_printf(text, "Theme: %s, font: %s, %s\n", theme, font,
                         adw_style_manager_get_dark(adw_style_manager_get_default()) ? "dark"
                                                                                     : "light");
}

char *bp_about_dup_debug_info(GtkWindow *parent, GSettings *preferences)
{
  g_autoptr(GString) text = g_string_new(NULL);
  add_versions(text);
  add_computing(text, preferences);
  add_drawing(text, parent);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Whose work this stands on: what is computed and from where, and the libraries that are linked. */
static void acknowledge(GtkWidget *about)
{
  static const char *mnist[] = {"Yann LeCun, Corinna Cortes, Christopher J. C. Burges "
                                "https://en.wikipedia.org/wiki/MNIST_database",
                                "Zalando Research (Fashion-MNIST) "
                                "https://github.com/zalandoresearch/fashion-mnist",
                                "Center for Open Data in the Humanities (KMNIST) "
                                "https://github.com/rois-codh/kmnist",
                                NULL};
  static const char *measure[] = {"PyTorch https://pytorch.org", NULL};
  bp_about_acknowledge(about, _("Verified against"), measure);
  bp_about_acknowledge(about, _("Datasets"), mnist);
  bp_about_add_library(about, "OpenBLAS", NULL, GTK_LICENSE_BSD_3, NULL);
  bp_about_add_library(about, "Jansson", NULL, GTK_LICENSE_MIT_X11, NULL);
  bp_about_add_library(about, "GTK, libadwaita, GLib, libsoup", NULL, GTK_LICENSE_LGPL_2_1, NULL);
}

void bp_about_show(GtkWindow *parent, GSettings *preferences)
{
  static const char *const developers[] = {"The Backprop authors " HOME "/graphs/contributors",
                                           NULL};
  g_autofree char *debug = bp_about_dup_debug_info(parent, preferences);
  GtkWidget *about = bp_about_new(
      "application-name", "Backprop", "application-icon", "io.github.backprop_lab.Backprop",
      "version", BP_VERSION, "developer-name", _("The Backprop authors"), "developers", developers,
      "license-type", GTK_LICENSE_MIT_X11, "copyright", "© 2026 The Backprop authors", "website",
      HOME, "issue-url", HOME "/issues", "comments",
      _("Build a neural network, press Train, and watch it learn to read digits."),
      /* Translators: your names, one to a line. */
      "translator-credits", _("translator-credits"), "debug-info", debug, "debug-info-filename",
      "backprop-debug.txt", NULL);
  acknowledge(about);
  bp_about_present(about, parent);
}
