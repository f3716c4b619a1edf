/*
 * What programs are shown of the heap, in lists and as garbage.
 */
#ifndef CONTAINERS_CENSUS_H
#define CONTAINERS_CENSUS_H

#include "gc/attach.h"

/* Entries of weak maps are the maps' own: nobody is shown one. */
LOAM__INLINE bool loam__is_map_entry(const loam_object *object)
{
    return loam__type_id_of(object) == LOAM__TYPE_EPHEMERON;
}

/* What stands in a slot as the program sees it: of a map's entry, what it holds. */
LOAM__INLINE loam_value loam__shown(loam_value value)
{
    if (loam_is_object(value) && loam__is_map_entry(loam__object(value)))
        return ((const loam__weak_entry *)loam__object(value))->held;
    return value;
}

#endif
