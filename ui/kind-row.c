#include "kind-row.h"
#include "style.h"

struct _BpKindRow {
  AdwComboRow parent_instance;
  NnConfig *config; /* borrowed */
  const NnParamSpec *spec;
  const NnKind *const *kinds; /* NULL-terminated, borrowed for ever */
  char *key;                  /* owned, dotted */
  char *mark;                 /* owned sentence, or NULL */
  gboolean explain, updating;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(BpKindRow, bp_kind_row, ADW_TYPE_COMBO_ROW)

const char *bp_kind_title(const NnKind *kind)
{
  return kind->label ? kind->label : kind->name;
}

static const NnKind *chosen_kind(BpKindRow *self)
{
  NnConfig *child = self->config ? nn_config_child(self->config, self->spec->key) : NULL;
  return child ? child->kind : NULL;
}

static void show_text(BpKindRow *self)
{
  const NnKind *kind = chosen_kind(self);
  const char *doc = kind && kind->doc ? kind->doc : "";
  adw_action_row_set_subtitle(ADW_ACTION_ROW(self), self->mark      ? self->mark
                                                    : self->explain ? doc
                                                                    : "");
  g_autofree char *tip =
      g_strdup_printf("%s\n%s: %s", self->spec->doc, kind ? bp_kind_title(kind) : "", doc);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), kind ? tip : self->spec->doc);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                 self->mark ? self->mark : doc, -1);
  if (self->mark)
    gtk_widget_add_css_class(GTK_WIDGET(self), "error");
  else
    gtk_widget_remove_css_class(GTK_WIDGET(self), "error");
}

void bp_kind_row_refresh(BpKindRow *self)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  const NnKind *kind = chosen_kind(self);
  self->updating = TRUE;
  for (guint i = 0; kind && self->kinds[i]; i++)
    if (self->kinds[i] == kind)
      adw_combo_row_set_selected(ADW_COMBO_ROW(self), i);
  self->updating = FALSE;
  show_text(self);
}

static void on_selected(BpKindRow *self)
{
  guint i = adw_combo_row_get_selected(ADW_COMBO_ROW(self));
  if (self->updating || !self->config || i == GTK_INVALID_LIST_POSITION ||
      self->kinds[i] == chosen_kind(self))
    return;
  NnError err = {0};
  if (nn_config_set_kind(self->config, self->spec->key, self->kinds[i], &err)) {
    g_clear_pointer(&self->mark, g_free);
    show_text(self);
    g_signal_emit(self, signals[CHANGED], 0);
  } else {
    bp_kind_row_mark_error(self, err.text);
    bp_kind_row_refresh(self);
  }
}

/* ---- what the row shows of the chosen kind, and its popover of each ---- */

enum { MIN_CHARS = 10, DOC_CHARS = 36 };

static const char *item_title(GtkListItem *item)
{
  return gtk_string_object_get_string(gtk_list_item_get_item(item));
}

static void setup_current(GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new("");
  gtk_label_set_xalign(GTK_LABEL(label), 1);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child(item, label);
}

/* The explanation beneath the title must not squeeze a name to its dots. */
static void bind_current(GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkLabel *label = GTK_LABEL(gtk_list_item_get_child(item));
  gtk_label_set_text(label, item_title(item));
  gtk_label_set_width_chars(label, (int)MIN(g_utf8_strlen(item_title(item), -1), MIN_CHARS));
}

static void setup_choice(GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_image_new_from_icon_name("object-select-symbolic");
  for (int i = 0; i < 2; i++) {
    GtkWidget *label = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), i == 1);
    gtk_label_set_max_width_chars(GTK_LABEL(label), i ? DOC_CHARS : -1);
    if (i)
      gtk_widget_add_css_class(label, "caption");
    if (i)
      gtk_widget_add_css_class(label, "dim-label");
    gtk_box_append(GTK_BOX(texts), label);
  }
  gtk_widget_set_hexpand(texts, TRUE);
  gtk_box_append(GTK_BOX(box), texts);
  gtk_box_append(GTK_BOX(box), check);
  g_object_bind_property(item, "selected", check, "visible", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child(item, box);
}

static void bind_choice(GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const NnKind *const *kinds = data;
  GtkWidget *texts = gtk_widget_get_first_child(gtk_list_item_get_child(item));
  const char *doc = kinds[gtk_list_item_get_position(item)]->doc;
  gtk_label_set_text(GTK_LABEL(gtk_widget_get_first_child(texts)), item_title(item));
  gtk_label_set_text(GTK_LABEL(gtk_widget_get_last_child(texts)), doc ? doc : "");
}

static void set_factories(BpKindRow *self)
{
  g_autoptr(GtkListItemFactory) current = gtk_signal_list_item_factory_new();
  g_signal_connect(current, "setup", G_CALLBACK(setup_current), NULL);
  g_signal_connect(current, "bind", G_CALLBACK(bind_current), NULL);
  adw_combo_row_set_factory(ADW_COMBO_ROW(self), current);
  g_autoptr(GtkListItemFactory) choice = gtk_signal_list_item_factory_new();
  g_signal_connect(choice, "setup", G_CALLBACK(setup_choice), NULL);
  g_signal_connect(choice, "bind", G_CALLBACK(bind_choice), (gpointer)self->kinds);
  adw_combo_row_set_list_factory(ADW_COMBO_ROW(self), choice);
}

GtkWidget *bp_kind_row_new(NnConfig *config, const NnParamSpec *spec, const char *where)
{
  g_return_val_if_fail(config && spec && where, NULL);
  BpKindRow *self = g_object_new(BP_TYPE_KIND_ROW, "use-markup", FALSE, "title",
                                 spec->label ? spec->label : spec->key, NULL);
  self->spec = spec;
  self->key = g_strconcat(where, spec->key, NULL);
  self->kinds = nn_kinds(spec->klass);
  g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
  for (guint i = 0; self->kinds[i]; i++)
    gtk_string_list_append(names, bp_kind_title(self->kinds[i]));
  set_factories(self);
  self->updating = TRUE;
  adw_combo_row_set_model(ADW_COMBO_ROW(self), G_LIST_MODEL(names));
  self->updating = FALSE;
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                 spec->label ? spec->label : spec->key, -1);
  bp_style_limit_subtitle(GTK_WIDGET(self));
  bp_kind_row_set_config(self, config);
  return GTK_WIDGET(self);
}

void bp_kind_row_set_config(BpKindRow *self, NnConfig *config)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  self->config = config;
  bp_kind_row_refresh(self);
}

void bp_kind_row_set_explain(BpKindRow *self, gboolean explain)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  self->explain = explain;
  show_text(self);
}

void bp_kind_row_mark_error(BpKindRow *self, const char *text)
{
  g_return_if_fail(BP_IS_KIND_ROW(self));
  char *copy = g_strdup(text);
  g_free(self->mark);
  self->mark = copy;
  show_text(self);
}

gboolean bp_kind_row_has_error(BpKindRow *self)
{
  return self->mark != NULL;
}

const char *bp_kind_row_get_key(BpKindRow *self)
{
  return self->key;
}

const NnParamSpec *bp_kind_row_get_spec(BpKindRow *self)
{
  return self->spec;
}

static void bp_kind_row_finalize(GObject *object)
{
  BpKindRow *self = BP_KIND_ROW(object);
  g_free(self->key);
  g_free(self->mark);
  G_OBJECT_CLASS(bp_kind_row_parent_class)->finalize(object);
}

static void bp_kind_row_class_init(BpKindRowClass *klass)
{
  G_OBJECT_CLASS(klass)->finalize = bp_kind_row_finalize;
  signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void bp_kind_row_init(BpKindRow *self)
{
  g_signal_connect(self, "notify::selected", G_CALLBACK(on_selected), NULL);
}
