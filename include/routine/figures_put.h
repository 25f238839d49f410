/* figures_put.h -- figures of routines as JSON: the same members in the report, in the figures of today, and in what
 * www/routine/figures.js computes. */
#ifndef ROUTINE_FIGURES_PUT_H
#define ROUTINE_FIGURES_PUT_H

#include "base/json_out.h"
#include "routine/figures.h"

/* A day as "2026-11-21"; null for ROUTINE_NO_DAY. */
void routine_day_put(struct json_out *out, const char *name, int64_t day);

/* The same as text, in a; NULL for none. */
const char *routine_day_text(struct arena *a, int64_t day);

/* {"date","due","completed","skipped","rate"}: rate in per cent, 0 where nothing was due. */
void routine_completion_put(struct json_out *out, const char *name, const struct routine_completion *completion);

/* The same members in an object that is open. */
void routine_completion_members(struct json_out *out, const struct routine_completion *completion);

/* {"current","longest","tasks","valid","exercise","rest","paused","points","next":{"days","points"} or null}. */
void routine_streak_put(struct json_out *out, const char *name, const struct routine_streak *streak);

/* {"first","last","days"}. */
void routine_run_put(struct json_out *out, const char *name, const struct routine_run *run);

/* {"tasks","milestones","exercise","books","total","better"}. */
void routine_points_put(struct json_out *out, const char *name, const struct routine_points *points);

/* {"date","kg","delta","deltaDays","trend","goalDate","bmi","unit","shown","shownDelta"}, with null for what there is
 * not; all of it is null where there is no weight.  shown and shownDelta are in the unit of the settings. */
void routine_weight_put(struct json_out *out, const char *name, const struct routine_settings *settings,
    const struct routine_weight_figures *weight);

#endif
