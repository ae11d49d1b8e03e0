/* recipe-column.c: see recipe-column.h. */
#include "recipe-column.h"
#include "column-layout.h"
#include "engine/model/model.h"
#include "app/exercises/exercise-card.h"
#include "app/text.h"
#include "recipe-caption.h"
#include "recipe-pointer.h"
#include "ui/accessible.h"
#include "ui/flash.h"
#include "ui/recipe/kind-list.h"
#include "ui/recipe/kind-row.h"
#include "ui/recipe/param-panel.h"
#include "ui/recipe/param-row.h"
#include "ui/recipe/value-entry.h"
#include "ui/i18n.h"
#include "ui/new-signal.h"

/* A part of the column: the rows of one or of several neighboring parameters of the recipe, or, for
 * the network, a list that always stands open. */
typedef struct {
  GtkWidget *widget;
  BpParamPanel *panel; /* NULL: the network */
  char **keys;         /* owned */
  const char *title;   /* or NULL */
} Part;

enum { WIDTH = 328, EDGE = 12 };

struct _BpRecipeColumn {
  AdwBin parent_instance;
  BpSession *session; /* borrowed */
  GtkWidget *card;
  BpKindList *layers;
  GtkBox *content;
  GtkWidget *scroller;
  int exercise;  /* that the parts are ordered for */
  GArray *parts; /* of Part, in the order of the recipe */
  GtkLabel *caption, *n_params;
  GtkButton *mend;
};

G_DEFINE_FINAL_TYPE(BpRecipeColumn, bp_recipe_column, ADW_TYPE_BIN)

enum { REFUSED, POINTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void bp_recipe_column_finalize(GObject *object)
{
  g_array_unref(BP_RECIPE_COLUMN(object)->parts);
  G_OBJECT_CLASS(bp_recipe_column_parent_class)->finalize(object);
}

static void on_row_refused(GtkWidget *widget, const char *name, GVariant *parameter);
static void on_list_refused(GtkWidget *widget, const char *name, GVariant *parameter);

static void bp_recipe_column_class_init(BpRecipeColumnClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_recipe_column_finalize;
  gtk_widget_class_install_action(GTK_WIDGET_CLASS(klass), BP_PARAM_ROW_REFUSED, NULL,
                                  on_row_refused);
  gtk_widget_class_install_action(GTK_WIDGET_CLASS(klass), BP_KIND_LIST_REFUSED, "s",
                                  on_list_refused);
  signals[REFUSED] = bp_signal_new(BP_TYPE_RECIPE_COLUMN, "refused", 1, G_TYPE_STRING, 0);
  signals[POINTED] = bp_signal_new(BP_TYPE_RECIPE_COLUMN, "pointed", 1, G_TYPE_STRING, 0);
}

/* ---- what cannot be, said where it is ---- */

static Part *part_at(BpRecipeColumn *self, guint i)
{
  return &g_array_index(self->parts, Part, i);
}

/* "network.2.p" → "2.p", "network" → ""; NULL: it is not about the network. */
static const char *path_in_network(const char *path)
{
  gsize n = strlen("network");
  if (!g_str_has_prefix(path, "network") || (path[n] && path[n] != '.'))
    return NULL;
  return path[n] ? path + n + 1 : "";
}

static void write_n_params(BpRecipeColumn *self, const BpRecipeCheck *check)
{
  g_autofree char *count = bp_text_count(check->n_params);
  g_autofree char *text =
      g_strdup_printf(ngettext("%s parameter", "%s parameters", (gulong)check->n_params), count);
  gtk_label_set_label(self->n_params, check->bad_layer < 0 ? text : "");
}

/* What is wrong with the network as a whole shows in its last output. */
static void mark_network(BpRecipeColumn *self, const BpRecipeCheck *check, const char *text)
{
  int n = nn_config_count(bp_course_get_recipe(self->session->course), "network");
  const char *path = path_in_network(check->where);
  g_autofree char *last = g_strdup_printf("%d", n - 1);
  bp_kind_list_clear(self->layers);
  gtk_widget_set_visible(GTK_WIDGET(self->mend), check->can_mend);
  if (!check->ok && path)
    bp_kind_list_mark(self->layers, path[0] ? path : last, text);
}

static void show_flows(BpRecipeColumn *self, const BpRecipeCheck *check)
{
  enum { MAX_FLOWS = 512 };
  g_autofree NnLayerFlow *flows = g_new(NnLayerFlow, MAX_FLOWS);
  int n = nn_model_flows(bp_course_get_recipe(self->session->course), check->in, flows, MAX_FLOWS);
  bp_kind_list_set_flows(self->layers, flows, n);
}

static void show_check(BpRecipeColumn *self)
{
  const BpRecipeCheck *check = bp_course_get_check(self->session->course);
  g_autofree char *text = bp_text_of_row(check->text);
  for (guint i = 0; i < self->parts->len; i++) {
    BpParamPanel *panel = part_at(self, i)->panel;
    if (panel)
      bp_param_panel_clear_errors(panel);
    if (panel && !check->ok)
      bp_param_panel_mark_error(panel, check->where, text);
  }
  show_flows(self, check);
  mark_network(self, check, text);
  write_n_params(self, check);
}

gboolean bp_recipe_column_find(BpRecipeColumn *self, const char *path)
{
  const char *inner = path_in_network(path);
  GtkWidget *found = inner ? bp_kind_list_find(self->layers, inner) : NULL;
  for (guint i = 0; i < self->parts->len && !found; i++)
    if (part_at(self, i)->panel)
      found = bp_param_panel_find(part_at(self, i)->panel, path);
  if (found)
    bp_flash(found);
  return found != NULL;
}

/* ---- editing ---- */

/* The first row in sight whose text is refused, in closed layers too, or NULL. */
static BpParamRow *find_refused(GtkWidget *at)
{
  if (BP_IS_PARAM_ROW(at) && bp_param_row_is_refused(BP_PARAM_ROW(at)))
    return BP_PARAM_ROW(at);
  BpParamRow *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child(at); child && !found;
       child = gtk_widget_get_next_sibling(child))
    if (gtk_widget_get_visible(child))
      found = find_refused(child);
  return found;
}

static void look_for_refusals(BpRecipeColumn *self)
{
  BpParamRow *row = self->session ? find_refused(GTK_WIDGET(self->content)) : NULL;
  g_autofree char *refusal = row ? bp_param_row_dup_refusal(row) : NULL;
  if (self->session)
    bp_course_set_refusal(self->session->course, refusal);
}

static void on_row_refused(GtkWidget *widget, const char *name, GVariant *parameter)
{
  look_for_refusals(BP_RECIPE_COLUMN(widget));
}

gboolean bp_recipe_column_commit(BpRecipeColumn *self)
{
  GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
  GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
  GtkWidget *entry = focus ? gtk_widget_get_ancestor(focus, BP_TYPE_VALUE_ENTRY) : NULL;
  if (entry && gtk_widget_is_ancestor(entry, GTK_WIDGET(self)))
    bp_value_entry_commit(BP_VALUE_ENTRY(entry));
  BpParamRow *row = find_refused(GTK_WIDGET(self->content));
  g_autofree char *refusal = row ? bp_param_row_dup_refusal(row) : NULL;
  if (refusal)
    g_signal_emit(self, signals[REFUSED], 0, refusal);
  return !refusal;
}

/* A row may have gone with its text. */
static void on_edited(BpRecipeColumn *self)
{
  if (!self->session)
    return;
  look_for_refusals(self);
  bp_course_recipe_edited(self->session->course);
}

static void on_list_refused(GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit(widget, signals[REFUSED], 0, g_variant_get_string(parameter, NULL));
}

static void show_recipe(BpRecipeColumn *self, NnConfig *recipe)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (part_at(self, i)->panel)
      bp_param_panel_set_config(part_at(self, i)->panel, recipe, part_at(self, i)->title);
  bp_kind_list_set_config(self->layers, recipe, "network");
}

/* In the order of the recipe; but what the exercise is about stands on top. */
static void order_parts(BpRecipeColumn *self)
{
  const char *const *about = bp_exercise_get(self->exercise)->about;
  GtkWidget *last = NULL;
  for (guint i = 0; i < self->parts->len; last = part_at(self, i++)->widget)
    gtk_box_reorder_child_after(self->content, part_at(self, i)->widget, last);
  last = NULL;
  for (const char *const *key = about; *key; key++)
    for (guint i = 0; i < self->parts->len; i++)
      if (g_strv_contains((const char *const *)part_at(self, i)->keys, *key)) {
        gtk_box_reorder_child_after(self->content, part_at(self, i)->widget, last);
        last = part_at(self, i)->widget;
      }
}

/* What another exercise is about comes to sight, however far down one was; the row that has the
 * focus, or the one that gets it when this one goes, would come to sight instead. */
static void turn_to_exercise(BpRecipeColumn *self)
{
  GtkRoot *root = gtk_widget_get_root(self->scroller);
  GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW(self->scroller);
  if (self->exercise == bp_course_get_exercise(self->session->course))
    return;
  self->exercise = bp_course_get_exercise(self->session->course);
  if (focus && gtk_widget_is_ancestor(focus, self->scroller))
    gtk_root_set_focus(root, NULL);
  gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(scroller), 0);
}

/* Practice digits stand in for MNIST, and meanwhile another set may be shown. */
static void show_loaded(BpRecipeColumn *self)
{
  BpData *data = bp_data_store_get(self->session->data);
  GtkWidget *row = NULL;
  const NnConfig *recipe = bp_course_get_recipe(self->session->course);
  const NnKind *kind = nn_config_child(nn_config_child(recipe, "data"), "dataset")->kind;
  bool other = data && !g_str_equal(data->set->name, kind->name);
  g_autofree char *text =
      other ? g_strdup_printf(_("Loaded: %s"), nn_dataset_title(data->set)) : NULL;
  for (guint i = 0; i < self->parts->len && !row; i++)
    if (part_at(self, i)->panel)
      row = bp_param_panel_get_row(part_at(self, i)->panel, "data.dataset");
  if (row)
    bp_kind_row_set_note(BP_KIND_ROW(row), text);
}

static void on_recipe_changed(BpRecipeColumn *self, gboolean elsewhere)
{
  if (elsewhere) {
    turn_to_exercise(self);
    show_recipe(self, bp_course_get_recipe(self->session->course));
    order_parts(self);
    look_for_refusals(self);
  }
  show_loaded(self);
  show_check(self);
}

static void on_state(BpRecipeColumn *self)
{
  bp_recipe_caption_update(self->caption, self->session, WIDTH - 2 * EDGE);
}

static void on_data(BpRecipeColumn *self)
{
  show_loaded(self);
  on_state(self);
}

static void on_mend(BpRecipeColumn *self)
{
  bp_course_mend_network(self->session->course);
}

/* ---- building ---- */

static GtkWidget *new_network(BpRecipeColumn *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *header = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new(_("Network"));
  self->n_params = GTK_LABEL(gtk_label_new(NULL));
  self->layers = BP_KIND_LIST(bp_kind_list_new());
  gtk_widget_add_css_class(title, "heading");
  gtk_widget_set_hexpand(title, TRUE);
  gtk_label_set_xalign(GTK_LABEL(title), 0);
  gtk_label_set_ellipsize(self->n_params, PANGO_ELLIPSIZE_END);
  bp_accessible_show_cut_text(GTK_WIDGET(self->n_params));
  gtk_widget_add_css_class(GTK_WIDGET(self->n_params), "dim-label");
  gtk_widget_add_css_class(GTK_WIDGET(self->n_params), "caption");
  gtk_widget_add_css_class(GTK_WIDGET(self->n_params), "numeric");
  self->mend = GTK_BUTTON(gtk_button_new_with_label(_("One output for each class")));
  gtk_widget_set_halign(GTK_WIDGET(self->mend), GTK_ALIGN_START);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self->mend),
                              _("Gives the last layer one output for each class"));
  g_signal_connect_swapped(self->mend, "clicked", G_CALLBACK(on_mend), self);
  gtk_box_append(GTK_BOX(header), title);
  gtk_box_append(GTK_BOX(header), GTK_WIDGET(self->n_params));
  gtk_box_append(GTK_BOX(box), header);
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->layers));
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->mend));
  g_signal_connect_swapped(self->layers, "changed", G_CALLBACK(on_edited), self);
  return box;
}

static void part_clear(gpointer part)
{
  g_strfreev(((Part *)part)->keys);
}

/* How many of the parameters from `spec` on are one part. */
static int count_in_part(const NnParamSpec *spec)
{
  int n = 1;
  while (spec->group && spec[n].key && !g_strcmp0(spec[n].group, spec->group))
    n++;
  return n;
}

static Part new_part(BpRecipeColumn *self, const NnParamSpec *spec, int n)
{
  bool kind = spec->type == NN_PARAM_KIND || spec->type == NN_PARAM_KINDS;
  Part part = {.keys = g_new0(char *, (gsize)n + 1),
               .title = spec->group ? nn_text(spec->group)
                        : kind      ? nn_text(spec->label)
                                    : NULL};
  for (int i = 0; i < n; i++)
    part.keys[i] = g_strdup(spec[i].key);
  if (g_str_equal(spec->key, "network")) {
    part.widget = new_network(self);
    return part;
  }
  part.widget = bp_param_panel_new();
  part.panel = BP_PARAM_PANEL(part.widget);
  bp_param_panel_set_filter(part.panel, (const char *const *)part.keys, NULL);
  g_signal_connect_swapped(part.widget, "changed", G_CALLBACK(on_edited), self);
  return part;
}

/* The recipe's table says all. What can have one value only (the version) has no row. */
static GtkWidget *new_content(BpRecipeColumn *self)
{
  const NnParamSpec *spec = nn_kind_find(NN_CLASS_SECTION, "recipe")->params;
  self->content = GTK_BOX(gtk_box_new(GTK_ORIENTATION_VERTICAL, 18));
  self->parts = g_array_new(FALSE, FALSE, sizeof(Part));
  g_array_set_clear_func(self->parts, part_clear);
  gtk_widget_add_css_class(GTK_WIDGET(self->content), "recipe");
  for (int n; spec->key; spec += n) {
    n = count_in_part(spec);
    if (spec->type == NN_PARAM_INT && spec->min == spec->max)
      continue;
    Part part = new_part(self, spec, n);
    g_array_append_val(self->parts, part);
    gtk_box_append(self->content, part.widget);
  }
  return GTK_WIDGET(self->content);
}

static GtkWidget *new_scroller(GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new();
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
                                 GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), child);
  return scroller;
}

/* What the exercise asks for stays in view while one works at it. In a low window it scrolls by
 * itself. */
static GtkWidget *new_pinned(BpRecipeColumn *self)
{
  GtkWidget *bin = adw_bin_new(), *scroller = new_scroller(bin);
  self->card = g_object_new(BP_TYPE_EXERCISE_CARD, NULL);
  adw_bin_set_child(ADW_BIN(bin), self->card);
  gtk_widget_add_css_class(bin, "pinned");
  gtk_widget_add_css_class(scroller, "pinned-scroller");
  gtk_accessible_update_property(GTK_ACCESSIBLE(scroller), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 _("Exercise"), -1);
  return scroller;
}

static const NnConfig *recipe_at_hand(gpointer user_data)
{
  BpSession *session = BP_RECIPE_COLUMN(user_data)->session;
  return session ? bp_course_get_recipe(session->course) : NULL;
}

static void on_pointed(gpointer user_data, const char *path)
{
  g_signal_emit(user_data, signals[POINTED], 0, path);
}

static void bp_recipe_column_init(BpRecipeColumn *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  self->caption = bp_recipe_caption_new();
  gtk_box_append(GTK_BOX(box), new_pinned(self));
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->caption));
  self->scroller = new_scroller(new_content(self));
  bp_recipe_pointer_follow(self->scroller, recipe_at_hand, on_pointed, self);
  gtk_box_append(GTK_BOX(box), self->scroller);
  gtk_widget_set_layout_manager(box, bp_column_layout_new(WIDTH, WIDTH));
  gtk_widget_add_css_class(GTK_WIDGET(self), "background");
  adw_bin_set_child(ADW_BIN(self), box);
  gtk_widget_set_hexpand(GTK_WIDGET(self), FALSE); /* though some rows in it would */
}

void bp_recipe_column_set_session(BpRecipeColumn *self, BpSession *session)
{
  self->session = session;
  if (!session) {
    show_recipe(self, NULL);
    return;
  }
  bp_exercise_card_set_session(BP_EXERCISE_CARD(self->card), session);
  g_signal_connect_object(session->course, "recipe-changed", G_CALLBACK(on_recipe_changed), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->data, "changed", G_CALLBACK(on_data), self, G_CONNECT_SWAPPED);
  g_signal_connect_object(session->course, "readiness-changed", G_CALLBACK(on_state), self,
                          G_CONNECT_SWAPPED);
  g_signal_connect_object(session->runner, "state-changed", G_CALLBACK(on_state), self,
                          G_CONNECT_SWAPPED);
  on_recipe_changed(self, TRUE);
  on_state(self);
}
