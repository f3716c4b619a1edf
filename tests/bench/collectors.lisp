; The interpreter's workload: what small programs do. Calls, text, lists, closures, and local functions, which are cycles. Of the
; functions that (work n) makes only the first may be kept: collectors_lisp.c watches others.
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (fold f value l) (if (= l '()) value (fold f (f value (item l 0)) (slice l 1))))
(define (map f l) (fold (lambda (done x) (append done (list (f x)))) '() l))
(define (up-to n) ((lambda () (define (up i done) (if (< i n) (up (+ i 1) (append done (list i))) done)) (up 0 '()))))
(define (tree n) (if (= n 0) '() (list (tree (- n 1)) (tree (- n 1)))))
(define (leaves t) (if (= t '()) 1 (+ (leaves (item t 0)) (leaves (item t 1)))))
(define (adder n) (lambda (x) (+ x n)))
(define kept '())
(define (work n)
  (set! kept (if (= (% n 64) 0) '() (list (adder n) kept)))
  (text (fib 10) " " (fold + 0 (map (adder n) (up-to 30))) " " (leaves (tree 5))))
