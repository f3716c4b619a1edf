/**
 * loam: Python's memory model for C.
 *
 * This header is the whole library. Each part can also be included alone; start reading with value.h (what a reference
 * is and who owns it), then generic.h (how C data goes in), then the container or iterator you need.
 */
#ifndef LOAM_H
#define LOAM_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>
#include <loam/object.h>
#include <loam/gc.h>
#include <loam/heap.h>
#include <loam/thread.h>
#include <loam/weak.h>
#include <loam/generic.h>
#include <loam/protocol.h>
#include <loam/text.h>
#include <loam/str.h>
#include <loam/bytes.h>
#include <loam/builder.h>
#include <loam/tuple.h>
#include <loam/list.h>
#include <loam/dict.h>
#include <loam/range.h>
#include <loam/set.h>
#include <loam/dict_view.h>
#include <loam/deque.h>
#include <loam/weak_maps.h>
#include <loam/iter.h>

#endif
