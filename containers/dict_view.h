/*
 * Views of a dict: an object that refers to the dict, of one of three types, which say what of it is seen.
 */
#ifndef CONTAINERS_DICT_VIEW_H
#define CONTAINERS_DICT_VIEW_H

#include <loam/dict_view.h>

#include "containers/dict.h"

struct loam_dict_view {
    loam_object loam;
    loam_dict *dict;
};

LOAM__INLINE loam__dict_projection loam__view_projection(const loam_dict_view *view)
{
    return (loam__dict_projection)(loam__type_id_of(&view->loam) - LOAM__TYPE_DICT_KEYS);
}

/* 1, 0, or a failure. */
int loam__view_contains(loam_dict_view *view, loam_value item);

#endif
