/* expenses_signing.c -- signatures of the expenses API.  They are data: URLs on the wire, and files in Daybook; a name
 * that was signed with is a text.  A signature that somebody sends before they approve is kept in their own work
 * settings, where their next approval takes it from: nobody signs with what stands in the body of somebody else. */
#include <string.h>

#include "compat/expenses_employee.h"
#include "compat/expenses_image.h"
#include "compat/expenses_reports.h"

struct json_object *
report_member(struct json_object *body, const char *name)
{
	struct json_object *data, *value;

	if (json_object_object_get_ex(body, name, &value))
		return value;
	if (json_object_object_get_ex(body, "reportData", &data) && json_object_is_type(data, json_type_object) &&
	    json_object_object_get_ex(data, name, &value))
		return value;
	return NULL;
}

struct problem *
sign(struct request *r, struct json_object *body, const char *member, struct op *op, const char *image,
    const char *name, bool *is)
{
	const char *text = wire_text(report_member(body, member)), *file, *canonical;
	struct problem *p;

	*is = text != NULL && *text != '\0';
	if (!*is)
		return NULL;
	if (strncmp(text, "data:", 5) != 0 && strchr(text, '/') == NULL) {
		if ((p = field_read_text(r->a, collection_field(op->collection, name), text, &canonical)) == NULL)
			op_give(r->a, op, name, canonical);
		return p;
	}
	if ((p = image_of_uri(r, text, &file)) != NULL)
		return p;
	op_give(r->a, op, image, json_quoted(r->a, file));
	return NULL;
}

struct problem *
put_signature(struct lookups *l, struct json_out *out, const char *name, const char *file, const char *signed_as)
{
	const char *url = NULL;
	struct problem *p;

	if (file != NULL && (p = image_data_url(l->r, file, &url)) != NULL)
		return p;
	put_text(out, name, url != NULL ? url : signed_as);
	return NULL;
}

/* ---- what a person keeps for their next approval ---- */

struct problem *
approval_read(struct lookups *l, struct approval *approval)
{
	struct json_object *object;
	struct problem *p;

	*approval = (struct approval){ .signature = NULL };
	if ((p = remembered_read(l, l->r->person.user_id, &object, &approval->signature)) != NULL)
		return p;
	approval->certifies = body_text(object, "certifies");
	return NULL;
}

struct problem *
approval_keep(struct lookups *l, const char *signature, const char *certifies)
{
	struct remembering keep = { .l = l, .user = l->r->person.user_id, .signature = signature };
	struct written written;
	struct problem *p;

	if ((p = json_parse_object(l->r->a, "{}", 2, &keep.changes)) != NULL)
		return p;
	if (certifies != NULL)
		json_object_object_add(keep.changes, "certifies", json_object_new_string(certifies));
	if (signature == NULL && certifies == NULL)
		return NULL;
	return write_action(&l->r->call, ROLE_MEMBER, remembering_take, &keep, &written);
}
