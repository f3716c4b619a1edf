//! Rust: HashMap with a fast hasher, Vec, and for text a reused read buffer. The standard library only. bench.h and
//! dict_loops.h say what the operations are and what is printed.

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::hint::black_box;
use std::io::{BufRead, BufReader};

/// Eight bytes at a time, a multiplication of twice the width with its halves folded, as FxHash and its successors do.
#[derive(Default)]
struct Fold(u64);

impl Fold {
    #[inline]
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0xa076_1d64_78bd_642f) * 0xe703_7ed1_a0b4_28db;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Fold {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let half = |at: usize| u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
        let len = bytes.len();
        let mut at = 0;
        while at + 8 < len {
            self.add(word(at));
            at += 8;
        }
        if len >= 8 {
            self.add(word(len - 8));
        } else if len >= 4 {
            self.add(half(0) << 32 | half(len - 4));
        } else if len > 0 {
            self.add(u64::from(bytes[0]) << 16 | u64::from(bytes[len / 2]) << 8 | u64::from(bytes[len - 1]));
        }
    }
    #[inline]
    fn write_u8(&mut self, _: u8) {
        // The end of a str: its length is hashed instead.
    }
    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }
    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.0 ^= number as u64;
    }
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Fold>>;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

#[repr(C)]
struct Mallinfo2 {
    arena: usize,
    ordblks: usize,
    smblks: usize,
    hblks: usize,
    hblkhd: usize,
    usmblks: usize,
    fsmblks: usize,
    uordblks: usize,
    fordblks: usize,
    keepcost: usize,
}

extern "C" {
    fn clock_gettime(clock: i32, out: *mut Timespec) -> i32;
    fn mallinfo2() -> Mallinfo2;
}

fn ns(clock: i32) -> f64 {
    let mut t = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(clock, &mut t) };
    t.seconds as f64 * 1e9 + t.nanoseconds as f64
}

fn heap() -> f64 {
    let info = unsafe { mallinfo2() };
    (info.uordblks + info.hblkhd) as f64
}

const PRESENT: u64 = 42;
const ABSENT: u64 = 777;
const VALUES: u64 = 43;
const ORDER: u64 = 7;
const WORDS: u64 = 11;
const COUNTED: usize = 5_000_000;

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn stream(mut seed: u64, n: usize) -> Vec<u64> {
    (0..n).map(|_| next(&mut seed)).collect()
}

fn shuffled(stream: &[u64]) -> Vec<u64> {
    let mut state = ORDER;
    let mut out = stream.to_vec();
    for i in (2..=out.len()).rev() {
        out.swap(i - 1, (next(&mut state) % i as u64) as usize);
    }
    out
}

fn string(mut number: u64, shortest: u64, longest: u64) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = next(&mut number);
    let len = shortest + (bits >> 32) % (longest - shortest + 1);
    let mut out = String::new();
    for i in 0..len {
        if i % 10 == 0 {
            bits = next(&mut number);
        }
        out.push(LETTERS[(bits & 63) as usize] as char);
        bits >>= 6;
    }
    out.shrink_to_fit();
    out
}

fn repetitions(n: usize) -> usize {
    match n {
        0..=10_000 => 31,
        10_001..=100_000 => 9,
        100_001..=1_000_000 => 3,
        _ => 1,
    }
}

fn passes(n: usize) -> usize {
    if n < 100_000 { 100_000 / n } else { 1 }
}

#[derive(Default)]
struct Samples {
    cpu: Vec<f64>,
    wall: Vec<f64>,
    answer: Option<u64>,
    started: (f64, f64),
}

impl Samples {
    fn start(&mut self) {
        self.started = (ns(1), ns(2));
    }
    fn stop(&mut self, operations: usize) {
        let cpu = ns(2) - self.started.1;
        let wall = ns(1) - self.started.0;
        self.cpu.push(cpu / operations as f64);
        self.wall.push(wall / operations as f64);
    }
    fn answer(&mut self, answer: u64) {
        assert!(self.answer.is_none() || self.answer == Some(answer));
        self.answer = Some(answer);
    }
    fn print(mut self, operation: &str) {
        let median = |figures: &mut Vec<f64>| {
            figures.sort_by(|a, b| a.partial_cmp(b).unwrap());
            (figures[(figures.len() - 1) / 2] + figures[figures.len() / 2]) / 2.0
        };
        println!("{} {} {} {}", operation, median(&mut self.cpu), median(&mut self.wall), self.answer.unwrap());
    }
}

fn filled<K: Copy + Eq + Hash>(keys: &[K], values: &[u64]) -> Map<K, u64> {
    let mut map = Map::default();
    for (key, value) in keys.iter().zip(values) {
        map.insert(*key, *value);
    }
    map
}

/// `keys(stream)` makes keys of numbers, each time in memory of their own.
fn dict<K: Copy + Eq + Hash>(wanted: &[String], n: usize, keys: fn(&[u64]) -> Vec<K>, values: fn(usize) -> Vec<u64>) {
    let wants = |operation: &str| wanted.iter().any(|w| w == operation);
    if wants("bytes") {
        bytes(n, keys, values);
    }
    let numbers = stream(PRESENT, n);
    let present = keys(&numbers);
    let values = values(n);
    let order = keys(&shuffled(&numbers));
    if wants("insert") {
        let mut s = Samples::default();
        for _ in 0..repetitions(n) {
            s.start();
            let map = filled(&present, &values);
            s.stop(n);
            s.answer(map.len() as u64);
        }
        s.print("insert");
    }
    if wants("hit") || wants("miss") || wants("iterate") {
        let map = filled(&present, &values);
        if wants("hit") {
            let mut s = Samples::default();
            for _ in 0..repetitions(n) {
                let mut sum = 0u64;
                s.start();
                for _ in 0..passes(n) {
                    for query in &order {
                        sum = sum.wrapping_add(map[query]);
                    }
                }
                s.stop(n * passes(n));
                s.answer(sum);
            }
            s.print("hit");
        }
        if wants("miss") {
            let mut s = Samples::default();
            let others = keys(&stream(ABSENT, n));
            for _ in 0..repetitions(n) {
                let mut found = 0;
                s.start();
                for _ in 0..passes(n) {
                    for query in &others {
                        found += u64::from(map.contains_key(query));
                    }
                }
                s.stop(n * passes(n));
                s.answer(found);
            }
            s.print("miss");
        }
        if wants("iterate") {
            let mut s = Samples::default();
            for _ in 0..repetitions(n) {
                let mut sum = 0u64;
                s.start();
                for _ in 0..passes(n) {
                    sum = sum.wrapping_add(black_box(&map).values().sum());
                }
                s.stop(n * passes(n));
                s.answer(sum);
            }
            s.print("iterate");
        }
    }
    if wants("erase") {
        let mut s = Samples::default();
        for _ in 0..repetitions(n) {
            let mut map = filled(&present, &values);
            s.start();
            for query in &order {
                map.remove(query);
            }
            s.stop(n);
            s.answer(map.len() as u64);
        }
        s.print("erase");
    }
    if wants("churn") {
        let mut s = Samples::default();
        let others = keys(&stream(ABSENT, n));
        for _ in 0..repetitions(n) {
            let mut map = filled(&present, &values);
            s.start();
            for i in 0..n {
                map.remove(&order[i]);
                map.insert(others[i], values[i]);
            }
            s.stop(2 * n);
            s.answer(map.len() as u64 * 31 + u64::from(map.contains_key(&order[0])));
        }
        s.print("churn");
    }
}

fn bytes<K: Copy + Eq + Hash>(n: usize, keys: fn(&[u64]) -> Vec<K>, values: fn(usize) -> Vec<u64>) {
    let most = n + n * 15 / 16;
    let keys = keys(&stream(PRESENT, most));
    let values = values(most);
    let before = heap();
    let mut map = Map::default();
    let mut figures = Vec::with_capacity(16);
    for k in 0..16 {
        for i in map.len()..n + n * k / 16 {
            map.insert(keys[i], values[i]);
        }
        figures.push((heap() - before) / map.len() as f64);
    }
    let mean = figures.iter().sum::<f64>() / 16.0;
    println!("bytes {} 0 {} {}", figures[0], map.len(), mean);
}

fn integers(stream: &[u64]) -> Vec<u64> {
    stream.iter().map(|x| x >> 4).collect()
}

fn integers64(stream: &[u64]) -> Vec<u64> {
    stream.to_vec()
}

fn strings(stream: &[u64]) -> Vec<&'static str> {
    stream.iter().map(|x| &*string(*x, 8, 20).leak()).collect()
}

fn str_count(distinct: usize) {
    let numbers = stream(PRESENT, distinct);
    let mut state = WORDS;
    let mut text = String::new();
    let mut ends = Vec::new();
    for _ in 0..COUNTED {
        text += &string(numbers[(next(&mut state) % distinct as u64) as usize], 4, 15);
        ends.push(text.len());
        text.push('\n');
    }
    let mut words: Vec<&[u8]> = Vec::new();
    let mut start = 0;
    for end in ends {
        words.push(&text.as_bytes()[start..end]);
        start = end + 1;
    }
    let mut s = Samples::default();
    for _ in 0..3 {
        s.start();
        let mut counts: Map<&[u8], u64> = Map::default();
        for word in &words {
            *counts.entry(word).or_insert(0) += 1;
        }
        s.stop(COUNTED);
        s.answer(counts.len() as u64 + counts.values().map(|count| count * count).sum::<u64>());
    }
    s.print("count");
}

fn list(wanted: &[String], n: usize) {
    let append = || {
        let mut list: Vec<i64> = Vec::new();
        for i in 0..n {
            list.push(i as i64);
        }
        black_box(list)
    };
    if wanted.iter().any(|w| w == "append") {
        let mut s = Samples::default();
        for _ in 0..3 {
            s.start();
            let list = append();
            s.stop(n);
            s.answer(list.len() as u64);
        }
        s.print("append");
    }
    if wanted.iter().any(|w| w == "span_sum") {
        let mut s = Samples::default();
        let list = append();
        for _ in 0..3 {
            s.start();
            let sum: i64 = black_box(&list).iter().sum();
            s.stop(n);
            s.answer(sum as u64);
        }
        s.print("span_sum");
    }
}

/// `rust_unstable` is this program with the cfg of that name.
fn sorted<T: Ord + Copy>(operation: &str, items: &[T], weight: fn(&T) -> u64) {
    let n = items.len();
    let mut s = Samples::default();
    for _ in 0..repetitions(n) {
        let mut list = items.to_vec();
        s.start();
        if cfg!(rust_unstable) {
            list.sort_unstable();
        } else {
            list.sort();
        }
        s.stop(n);
        s.answer(list.iter().fold(0, |answer: u64, item| answer.wrapping_mul(31).wrapping_add(weight(item))));
    }
    s.print(operation);
}

fn sort_ints(n: usize) {
    let items: Vec<i64> = stream(PRESENT, n).iter().map(|x| *x as i64).collect();
    sorted("int", &items, |item| *item as u64);
}

fn sort_strs(n: usize) {
    sorted("str", &strings(&stream(PRESENT, n)), |item| u64::from_le_bytes(item.as_bytes()[..8].try_into().unwrap()));
}

fn word_count(path: &str) -> u64 {
    let mut input = BufReader::with_capacity(1 << 16, File::open(path).unwrap());
    let mut counts: Map<Vec<u8>, u64> = Map::default();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).unwrap() > 0 {
        for word in line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
            if let Some(count) = counts.get_mut(word) {
                *count += 1;
            } else {
                counts.insert(word.to_vec(), 1);
            }
        }
        line.clear();
    }
    let mut top: Vec<u64> = counts.values().copied().collect();
    top.sort_unstable_by(|a, b| b.cmp(a));
    let mix = |answer: u64, number: u64| answer.wrapping_mul(31).wrapping_add(number);
    let answer = mix(top.iter().sum(), counts.len() as u64);
    top.iter().take(10).fold(answer, |answer, count| mix(answer, *count))
}

fn line_count(path: &str) -> u64 {
    let mut input = BufReader::with_capacity(1 << 16, File::open(path).unwrap());
    let mut line = Vec::new();
    let mut count = 0;
    while input.read_until(b'\n', &mut line).unwrap() > 0 {
        count += 1;
        line.clear();
    }
    count
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024e-6
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let n = arguments[2].parse::<f64>().unwrap() as usize;
    let wanted = &arguments[3..];
    let indexes = |n: usize| (0..n as u64).collect();
    match arguments[1].as_str() {
        "dict.int" => dict(wanted, n, integers, indexes),
        "dict.int64" => dict(wanted, n, integers64, |n| stream(VALUES, n)),
        "dict.str" => dict(wanted, n, strings, indexes),
        "dict.count" => str_count(n),
        "list" => list(wanted, n),
        "sort.int" => sort_ints(n),
        "sort.str" => sort_strs(n),
        "wordcount" => println!("time 0 0 {}", word_count(&wanted[0])),
        "lines" => println!("time 0 0 {}", line_count(&wanted[0])),
        _ => std::process::exit(2),
    }
    println!("peak_mb {} 0 0", peak_mb());
}
