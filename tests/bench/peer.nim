# Nim, its reference counts and its collector of cycles, ORC. bench.h says what is printed.
import std/[algorithm, math, monotimes, os, strformat, strutils, times]

type
  Record = ref object
    left, right: Record
  Items = ref object
    items: seq[Items]

proc dropRecordPair() =
  let a = Record()
  let b = Record()
  a.left = b
  b.left = a

proc dropListPair() =
  let a = Items()
  let b = Items()
  a.items.add b
  b.items.add a

proc repetitions(n: int): int =
  if n <= 10000: 31 elif n <= 100000: 9 elif n <= 1000000: 3 else: 1

# ORC does not say what it freed: it is reckoned from the heap's bytes.
proc garbage(n: int, dropPair: proc ()) =
  var cpu, wall = newSeqOfCap[float](32) # so that the heap's bytes are those of the pairs
  var answer = 0
  for _ in 1 .. repetitions(n):
    GC_disableOrc()
    let before = getOccupiedMem()
    for _ in 1 .. n:
      dropPair()
    let built = getOccupiedMem()
    let wallStart = getMonoTime()
    let cpuStart = cpuTime()
    GC_runOrc()
    cpu.add (cpuTime() - cpuStart) * 1e9 / float(2 * n)
    wall.add float((getMonoTime() - wallStart).inNanoseconds) / float(2 * n)
    answer = int(round(float(2 * n) * float(built - getOccupiedMem()) / float(built - before)))
    doAssert answer == 2 * n
  echo &"collect {sorted(cpu)[cpu.len div 2]:.6g} {sorted(wall)[wall.len div 2]:.6g} {answer}"

let n = int(parseFloat(paramStr(2)))
case paramStr(1)
of "gc.garbage.record_pairs": garbage(n, dropRecordPair)
of "gc.garbage.list_pairs": garbage(n, dropListPair)
else: quit(2)
