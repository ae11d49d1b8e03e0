/* runs-pane.c: see runs-pane.h. */
#include "runs-pane.h"
#include "train-on.h"
#include "ui/accessible.h"
#include "ui/i18n.h"
#include "ui/plot/plot.h"
#include "ui/tab-stop.h"
#include "ui/new-signal.h"

enum { FIRST_ROWS = 50 }; /* and so many more each time they are asked for */

struct _BpRunsPane {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  GtkListBox *list;
  GtkSliceListModel *rows; /* the runs that have a row, in their order; owned */
  GtkWidget *empty, *more, *menu;
  GtkWidget *popover; /* a row's menu, or what renames; NULL: none is open */
};

G_DEFINE_FINAL_TYPE(BpRunsPane, bp_runs_pane, ADW_TYPE_BIN)

enum { CHOSEN, DELETED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- one row ---- */

static void update_row(GtkWidget *box, BpRun *run)
{
  GtkLabel *title = g_object_get_data(G_OBJECT(box), "title");
  GtkLabel *caption = g_object_get_data(G_OBJECT(box), "caption");
  g_autofree char *title_text = bp_run_dup_title(run), *caption_text = bp_run_dup_caption(run);
  gtk_label_set_label(title, title_text);
  gtk_label_set_label(caption, caption_text);
  gtk_widget_set_visible(g_object_get_data(G_OBJECT(box), "pin"), run->pinned);
  g_autofree char *all = g_strjoinv("\n", run->differences);
  gtk_widget_set_tooltip_text(box, all[0] ? all : NULL); /* the rest stands there */
  /* The row is made around the box after its first update. */
  GtkWidget *row = gtk_widget_get_parent(box);
  g_autofree char *described =
      run->pinned ? g_strdup_printf(_("pinned, %s"), caption_text) : g_strdup(caption_text);
  if (row)
    gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, title_text,
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, described, -1);
}

static void on_row(GtkWidget *box, GParamSpec *spec, gpointer run)
{
  if (gtk_widget_get_parent(box))
    update_row(box, BP_RUN(run));
}

static GtkLabel *add_line(GtkWidget *words, const char *css_class)
{
  GtkLabel *label = GTK_LABEL(gtk_label_new(NULL));
  gtk_label_set_xalign(label, 0);
  gtk_label_set_ellipsize(label, PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(GTK_WIDGET(label));
  gtk_widget_add_css_class(GTK_WIDGET(label), css_class);
  gtk_box_append(GTK_BOX(words), GTK_WIDGET(label));
  return label;
}

static void open_menu(BpRunsPane *self, BpRun *run, GtkWidget *at);

static void on_secondary_click(GtkGesture *gesture, int n_press, double x, double y, gpointer list)
{
  GtkWidget *box = gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(gesture));
  open_menu(BP_RUNS_PANE(list), g_object_get_data(G_OBJECT(box), "run"), box);
}

static GtkWidget *new_row(gpointer item, gpointer list)
{
  BpRun *run = BP_RUN(item);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12), *dot = adw_bin_new();
  GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *pin = gtk_image_new_from_icon_name("view-pin-symbolic");
  GtkGesture *click = gtk_gesture_click_new();
  g_autofree char *color = g_strdup_printf("color-%u", (run->number - 1) % BP_PLOT_COLORS);
  gtk_widget_add_css_class(dot, "run-dot");
  gtk_widget_add_css_class(dot, color);
  gtk_widget_set_valign(dot, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand(words, TRUE);
  gtk_widget_add_css_class(pin, "dim-label");
  g_object_set_data(G_OBJECT(box), "run", run); /* the row lives while the list has the run */
  g_object_set_data(G_OBJECT(box), "pin", pin);
  g_object_set_data(G_OBJECT(box), "title", add_line(words, "run-title"));
  GtkLabel *caption = add_line(words, "caption");
  gtk_widget_add_css_class(GTK_WIDGET(caption), "dim-label");
  gtk_widget_add_css_class(GTK_WIDGET(caption), "numeric");
  g_object_set_data(G_OBJECT(box), "caption", caption);
  gtk_box_append(GTK_BOX(box), dot);
  gtk_box_append(GTK_BOX(box), words);
  gtk_box_append(GTK_BOX(box), pin);
  gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
  g_signal_connect(click, "pressed", G_CALLBACK(on_secondary_click), list);
  gtk_widget_add_controller(box, GTK_EVENT_CONTROLLER(click));
  bp_runs_get_differences(BP_RUNS_PANE(list)->session->runs, run); /* for the tooltip */
  g_signal_connect_object(run, "changed", G_CALLBACK(update_row), box, G_CONNECT_SWAPPED);
  g_signal_connect_object(box, "notify::parent", G_CALLBACK(on_row), run, 0);
  update_row(box, run);
  return box;
}

/* ---- menus ---- */

GMenuModel *bp_runs_pane_new_menu(BpRun *run)
{
  g_autoptr(GMenu) first = g_menu_new(), middle = g_menu_new(), last = g_menu_new();
  GMenu *menu = g_menu_new();
  const struct {
    GMenu *section;
    const char *label, *action;
    gboolean shown;
  } items[] = {{first, _("Resume"), "win.resume-run", bp_run_can_resume(run)},
               {first, _("Train for more epochs…"), "run.train-on", bp_run_can_train_on(run)},
               {first, _("Save weights…"), "win.save-run-weights", run->path != NULL},
               {middle, _("Rename…"), "run.rename", TRUE},
               {middle, run->pinned ? _("Unpin") : _("Pin"), "run.pin", TRUE},
               {last, _("Delete"), "run.delete", run->status != BP_RUN_ACTIVE}};
  for (gsize i = 0; i < G_N_ELEMENTS(items); i++) {
    g_autoptr(GMenuItem) item = g_menu_item_new(items[i].label, NULL);
    g_menu_item_set_action_and_target(item, items[i].action, "u", run->number);
    if (items[i].shown)
      g_menu_append_item(items[i].section, item);
  }
  g_menu_append_section(menu, NULL, G_MENU_MODEL(first));
  g_menu_append_section(menu, NULL, G_MENU_MODEL(middle));
  g_menu_append_section(menu, NULL, G_MENU_MODEL(last));
  return G_MENU_MODEL(menu);
}

static void on_popover_closed(BpRunsPane *self)
{
  gtk_widget_set_can_target(GTK_WIDGET(self->list), TRUE);
}

/* One at a time; the last one stays until the next is opened, since its action comes after it has
 * closed. */
static void open_popover(BpRunsPane *self, GtkWidget *popover, GtkWidget *at)
{
  graphene_rect_t bounds;
  g_clear_pointer(&self->popover, gtk_widget_unparent);
  self->popover = popover;
  gtk_widget_set_parent(popover, GTK_WIDGET(self));
  /* Else a row's tooltip covers its menu, when the pointer stays where it was. */
  gtk_widget_set_can_target(GTK_WIDGET(self->list), FALSE);
  g_signal_connect_swapped(popover, "closed", G_CALLBACK(on_popover_closed), self);
  if (at && gtk_widget_compute_bounds(at, GTK_WIDGET(self), &bounds))
    gtk_popover_set_pointing_to(GTK_POPOVER(popover),
                                &(GdkRectangle){(int)bounds.origin.x, (int)bounds.origin.y,
                                                (int)bounds.size.width, (int)bounds.size.height});
  gtk_popover_popup(GTK_POPOVER(popover));
}

static void open_menu(BpRunsPane *self, BpRun *run, GtkWidget *at)
{
  g_autoptr(GMenuModel) menu = bp_runs_pane_new_menu(run);
  open_popover(self, gtk_popover_menu_new_from_model(menu), at);
}

static void fill_menu(GtkMenuButton *button, gpointer list)
{
  BpRun *run = bp_runs_get_shown_run(BP_RUNS_PANE(list)->session->runs);
  g_autoptr(GMenuModel) menu = run ? bp_runs_pane_new_menu(run) : NULL;
  gtk_menu_button_set_menu_model(button, menu);
}

static GtkWidget *box_of(BpRunsPane *self, BpRun *run)
{
  GListModel *rows = G_LIST_MODEL(self->rows);
  for (guint i = 0; i < g_list_model_get_n_items(rows); i++) {
    g_autoptr(BpRun) at = g_list_model_get_item(rows, i);
    if (at == run)
      return gtk_list_box_row_get_child(gtk_list_box_get_row_at_index(self->list, (int)i));
  }
  return NULL;
}

static gboolean on_menu_key(GtkWidget *widget, GVariant *args, gpointer user_data)
{
  BpRunsPane *self = BP_RUNS_PANE(widget);
  BpRun *run = bp_runs_get_shown_run(self->session->runs);
  if (run)
    open_menu(self, run, box_of(self, run));
  return run != NULL;
}

/* ---- actions: their parameter is the run's number ---- */

static BpRun *run_of(GtkWidget *widget, GVariant *number)
{
  return bp_runs_find(BP_RUNS_PANE(widget)->session->runs, g_variant_get_uint32(number));
}

static void take_name(GtkEntry *entry, gpointer list)
{
  BpRunsPane *self = list;
  g_autofree char *name = g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(entry))));
  guint number = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(entry), "number"));
  BpRun *run = bp_runs_find(self->session->runs, number);
  if (run && name[0])
    bp_runs_rename(self->session->runs, run, name);
  gtk_popover_popdown(GTK_POPOVER(self->popover));
}

static void rename_run(GtkWidget *widget, const char *name, GVariant *number)
{
  BpRunsPane *self = BP_RUNS_PANE(widget);
  BpRun *run = run_of(widget, number);
  if (!run)
    return;
  GtkWidget *popover = gtk_popover_new(), *entry = gtk_entry_new();
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new_with_mnemonic(_("_Rename"));
  gtk_editable_set_text(GTK_EDITABLE(entry), run->name);
  gtk_editable_set_width_chars(GTK_EDITABLE(entry), 20);
  bp_accessible_set_name(entry, _("Name of the run"));
  g_object_set_data(G_OBJECT(entry), "number", GUINT_TO_POINTER(run->number));
  gtk_widget_add_css_class(button, "suggested-action");
  g_signal_connect(entry, "activate", G_CALLBACK(take_name), self);
  g_signal_connect_swapped(button, "clicked", G_CALLBACK(gtk_widget_activate), entry);
  gtk_box_append(GTK_BOX(box), entry);
  gtk_box_append(GTK_BOX(box), button);
  gtk_popover_set_child(GTK_POPOVER(popover), box);
  open_popover(self, popover, box_of(self, run));
  gtk_widget_grab_focus(entry);
}

static void train_run_on(GtkWidget *widget, const char *name, GVariant *number)
{
  BpRunsPane *self = BP_RUNS_PANE(widget);
  BpRun *run = run_of(widget, number);
  if (run && bp_run_can_train_on(run))
    open_popover(self, bp_train_on_new(run), box_of(self, run));
}

static void pin_run(GtkWidget *widget, const char *name, GVariant *number)
{
  BpRun *run = run_of(widget, number);
  if (run)
    bp_runs_set_pinned(BP_RUNS_PANE(widget)->session->runs, run, !run->pinned);
}

static void delete_run(GtkWidget *widget, const char *name, GVariant *number)
{
  BpRun *run = run_of(widget, number);
  g_autoptr(BpRun) kept = run ? g_object_ref(run) : NULL;
  if (kept && bp_runs_delete(BP_RUNS_PANE(widget)->session->runs, kept))
    g_signal_emit(widget, signals[DELETED], 0, kept);
}

/* ---- the list ---- */

static int pinned_then_newest(gconstpointer a, gconstpointer b, gpointer user_data)
{
  const BpRun *x = a, *y = b;
  if (x->pinned != y->pinned)
    return x->pinned ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;
  return x->number > y->number   ? GTK_ORDERING_SMALLER
         : x->number < y->number ? GTK_ORDERING_LARGER
                                 : GTK_ORDERING_EQUAL;
}

static void on_run(GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  BpRunsPane *self = user_data;
  if (row)
    bp_runs_show(
        self->session->runs,
        (BpMoment){g_object_get_data(G_OBJECT(gtk_list_box_row_get_child(row)), "run"), BP_NEWEST});
}

static void update(BpRunsPane *self)
{
  BpRun *shown = bp_runs_get_shown_run(self->session->runs);
  GtkWidget *box = shown ? box_of(self, shown) : NULL;
  guint n = g_list_model_get_n_items(bp_runs_get_list(self->session->runs));
  gtk_widget_set_visible(self->empty, n == 0);
  gtk_widget_set_visible(GTK_WIDGET(self->list), n > 0);
  gtk_widget_set_visible(self->more, n > gtk_slice_list_model_get_size(self->rows));
  gtk_widget_set_sensitive(self->menu, shown != NULL);
  gtk_widget_set_opacity(self->menu, shown ? 1 : 0); /* its room stays */
  gtk_list_box_select_row(self->list, box ? GTK_LIST_BOX_ROW(gtk_widget_get_parent(box)) : NULL);
}

static void show_more(BpRunsPane *self)
{
  gtk_slice_list_model_set_size(self->rows, gtk_slice_list_model_get_size(self->rows) + FIRST_ROWS);
  update(self);
}

static void on_activated(BpRunsPane *self)
{
  g_signal_emit(self, signals[CHOSEN], 0);
}

void bp_runs_pane_set_session(BpRunsPane *self, BpSession *session)
{
  GListModel *runs = g_object_ref(bp_runs_get_list(session->runs));
  GtkSorter *sorter = GTK_SORTER(gtk_custom_sorter_new(pinned_then_newest, NULL, NULL));
  self->session = session;
  self->rows =
      gtk_slice_list_model_new(G_LIST_MODEL(gtk_sort_list_model_new(runs, sorter)), 0, FIRST_ROWS);
  gtk_list_box_bind_model(self->list, G_LIST_MODEL(self->rows), new_row, self, NULL);
  update(self);
  g_signal_connect(self->list, "row-selected", G_CALLBACK(on_run), self);
  g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(on_activated), self);
  g_signal_connect_object(self->rows, "items-changed", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runs, "shown-changed", G_CALLBACK(update), self,
                          G_CONNECT_SWAPPED);
}

/* ---- object ---- */

static void bp_runs_pane_dispose(GObject *object)
{
  BpRunsPane *self = BP_RUNS_PANE(object);
  g_clear_pointer(&self->popover, gtk_widget_unparent);
  g_clear_object(&self->rows);
  G_OBJECT_CLASS(bp_runs_pane_parent_class)->dispose(object);
}

static void bp_runs_pane_class_init(BpRunsPaneClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
  G_OBJECT_CLASS(klass)->dispose = bp_runs_pane_dispose;
  signals[CHOSEN] = bp_signal_new(BP_TYPE_RUNS_PANE, "chosen", 0, 0, 0);
  signals[DELETED] = bp_signal_new(BP_TYPE_RUNS_PANE, "deleted", 1, BP_TYPE_RUN, 0);
  gtk_widget_class_install_action(widget, "run.rename", "u", rename_run);
  gtk_widget_class_install_action(widget, "run.train-on", "u", train_run_on);
  gtk_widget_class_install_action(widget, "run.pin", "u", pin_run);
  gtk_widget_class_install_action(widget, "run.delete", "u", delete_run);
  gtk_widget_class_add_binding(widget, GDK_KEY_Menu, 0, on_menu_key, NULL);
  gtk_widget_class_add_binding(widget, GDK_KEY_F10, GDK_SHIFT_MASK, on_menu_key, NULL);
}

static GtkWidget *new_label(const char *text, const char *const *classes)
{
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_css_classes(label, (const char **)classes);
  return label;
}

/* The heading, and the menu of the shown run. */
static GtkWidget *new_heading(BpRunsPane *self)
{
  static const char *const classes[] = {"caption-heading", "dim-label", "sidebar-title", NULL};
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = new_label(_("Runs"), classes);
  gtk_widget_set_hexpand(label, TRUE);
  self->menu = gtk_menu_button_new();
  gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(self->menu), "view-more-symbolic");
  gtk_menu_button_set_create_popup_func(GTK_MENU_BUTTON(self->menu), fill_menu, self, NULL);
  gtk_widget_set_tooltip_text(self->menu, _("Rename, pin or delete the selected run"));
  bp_accessible_set_name(self->menu, _("Selected run"));
  gtk_widget_add_css_class(self->menu, "flat");
  gtk_widget_add_css_class(self->menu, "run-menu");
  gtk_widget_set_valign(self->menu, GTK_ALIGN_CENTER);
  gtk_box_append(GTK_BOX(box), label);
  gtk_box_append(GTK_BOX(box), self->menu);
  gtk_accessible_update_relation(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                 label, NULL, -1);
  return box;
}

static void bp_runs_pane_init(BpRunsPane *self)
{
  static const char *const classes[] = {"caption", "dim-label", "sidebar-note", NULL};
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  self->list = GTK_LIST_BOX(gtk_list_box_new());
  gtk_widget_add_css_class(GTK_WIDGET(self->list), "navigation-sidebar");
  gtk_widget_add_css_class(GTK_WIDGET(self->list), "runs");
  self->empty = new_label(_("Runs are kept here, so that you can compare them."), classes);
  gtk_label_set_wrap(GTK_LABEL(self->empty), TRUE);
  gtk_label_set_width_chars(GTK_LABEL(self->empty), 20);
  gtk_label_set_max_width_chars(GTK_LABEL(self->empty), 24);
  self->more = gtk_button_new_with_label(_("Show more runs"));
  gtk_widget_add_css_class(self->more, "flat");
  g_signal_connect_swapped(self->more, "clicked", G_CALLBACK(show_more), self);
  gtk_box_append(GTK_BOX(box), new_heading(self));
  gtk_box_append(GTK_BOX(box), self->empty);
  GtkWidget *stop = g_object_new(BP_TYPE_TAB_STOP, "child", self->list, NULL);
  gtk_box_append(GTK_BOX(box), stop);
  gtk_box_append(GTK_BOX(box), self->more);
  adw_bin_set_child(ADW_BIN(self), box);
  gtk_widget_set_hexpand(GTK_WIDGET(self), FALSE); /* though what is in it would */
}
