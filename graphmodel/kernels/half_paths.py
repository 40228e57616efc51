"""Temporal loops of at most K payments: a rank-rooted join of half paths.

A loop is a closed series of payments through different accounts whose times rise (`strict`) or do
not fall, last minus first at most δ; parallel payments count apart. Every loop has one account of
highest rank s and is found there, walking lower ranks only, so that hubs are never passed through
and nothing is found twice. Read from s, its times t1 … tk rise but for at most one drop, where the
loop really begins. Forward halves have ⌈k/2⌉ payments, backward halves ⌊k/2⌋; they meet at the
middle account when, with fa the last forward and tb the first backward time,

    no drop               fa → tb, t1 → tk, tk - t1 ≤ δ
    drop at the meeting   fa > tb, tk → t1, fa - tb ≤ δ
    drop in either half   fa → tb, tk → t1, and no drop in the other half

where a → b means a + gap ≤ b; a drop spans at most δ, and past it times stay on the far side of t1
(forward) or tk (backward). With gap 0 a loop of one single time is read once too, because a drop is
always strict.
"""

from __future__ import annotations

from graphmodel.kernels.jit import inlined, uncounted

# columns of a half path; LINK holds parent * 32 + length * 2 + drop
NEXT, FIRST, LAST, LINK, ACCOUNT, PAYMENT = range(6)
# columns of one level of the walk
AT, TIME, PARENT, CURSOR, BEGIN, PHASE, DROP, ROW = range(8)
OUTWARD, DROPPING = 0, 1
"""Phases of a level: payments on the near side of the drop, then those across it."""


@inlined
def _absent(walk, length, account):
    for q in range(length):
        if walk[q, AT] == account:
            return False
    return True


@inlined
def _disjoint(halves, half, length, walk, level):
    """Tell whether the inner accounts of a forward half and a backward path differ."""
    p = halves[half, LINK] >> 5
    for _ in range(length - 1):
        account = halves[p, ACCOUNT]
        for q in range(level - 1):
            if walk[q, AT] == account:
                return False
        p = halves[p, LINK] >> 5
    return True


@inlined
def _enter(walk, level, rows, c, drop):
    """Stand on the account that row `c` leads to."""
    walk[level, AT] = rows[c, 0]
    walk[level, TIME] = rows[c, 1]
    walk[level, BEGIN] = rows[c, 2]
    walk[level, PHASE] = OUTWARD
    walk[level, DROP] = drop
    walk[level, ROW] = c


@inlined
def _weigh(span, level, amount, ratio):
    """Keep least and greatest amount up to a level; tell whether their ratio may still hold."""
    least = amount
    greatest = amount
    if level:
        least = min(span[level - 1, 0], amount)
        greatest = max(span[level - 1, 1], amount)
    span[level, 0] = least
    span[level, 1] = greatest
    return least >= ratio * greatest


@inlined
def _next_out(walk, level, root, out, starts, t1, delta, gap):
    """Return the next out-row from the last level and whether it lies past a drop, or -1."""
    top = level - 1
    here = walk[top, AT]
    c = walk[top, CURSOR]
    if walk[top, PHASE] == OUTWARD:
        drop = walk[top, DROP]
        limit = t1 - gap if drop else t1 + delta
        stop = starts[here + 1]
        while c < stop and out[c, TIME] <= limit:
            if out[c, 0] < root and _absent(walk, level, out[c, 0]):
                walk[top, CURSOR] = c + 1
                return c, drop
            c += 1
        if drop:
            return -1, drop
        walk[top, PHASE] = DROPPING
        c = walk[top, BEGIN] - 1
    stop = starts[here]
    last = walk[top, TIME]
    while c >= stop and out[c, TIME] >= last - delta:
        time = out[c, TIME]
        if time <= t1 - gap and time < last:
            if out[c, 0] < root and _absent(walk, level, out[c, 0]):
                walk[top, CURSOR] = c - 1
                return c, 1
        c -= 1
    return -1, 1


@inlined
def _next_in(walk, level, root, in_, starts, tk, delta, gap):
    """Return the next in-row before the last level and whether it lies past a drop, or -1."""
    top = level - 1
    here = walk[top, AT]
    c = walk[top, CURSOR]
    if walk[top, PHASE] == OUTWARD:
        drop = walk[top, DROP]
        limit = tk + gap if drop else tk - delta
        stop = starts[here]
        while c >= stop and in_[c, TIME] >= limit:
            if in_[c, 0] < root and _absent(walk, level, in_[c, 0]):
                walk[top, CURSOR] = c - 1
                return c, drop
            c -= 1
        if drop:
            return -1, drop
        walk[top, PHASE] = DROPPING
        c = walk[top, BEGIN]
    stop = starts[here + 1]
    first = walk[top, TIME]
    while c < stop and in_[c, TIME] <= first + delta:
        time = in_[c, TIME]
        if time >= tk + gap and time > first:
            if in_[c, 0] < root and _absent(walk, level, in_[c, 0]):
                walk[top, CURSOR] = c + 1
                return c, 1
        c += 1
    return -1, 1


@inlined
def _forward(
    root,
    f,
    starts,
    out,
    delta,
    gap,
    longest,
    ratio,
    amounts,
    head,
    mark,
    walk,
    span,
    halves,
    spread,
    count,
):
    """Add the forward halves that begin with out-row `f`; return their number, -1 if too many."""
    t1 = out[f, TIME]
    c, drop, level = f, 0, 0
    while True:
        if len(amounts) and not _weigh(span, level, amounts[out[c, 3]], ratio):
            pass  # too uneven to be entered
        else:
            if count == len(halves):
                return -1
            _enter(walk, level, out, c, drop)
            x = out[c, 0]
            if head[x, 1] != mark:
                head[x, 1] = mark
                head[x, 0] = -1
            above = walk[level - 1, PARENT] if level else 0
            halves[count, NEXT] = head[x, 0]
            halves[count, FIRST] = t1
            halves[count, LAST] = out[c, TIME]
            halves[count, LINK] = above << 5 | (level + 1) << 1 | drop
            halves[count, ACCOUNT] = x
            halves[count, PAYMENT] = out[c, 3]
            if len(amounts):
                spread[count, 0] = span[level, 0]
                spread[count, 1] = span[level, 1]
            head[x, 0] = count
            walk[level, PARENT] = count
            walk[level, CURSOR] = out[c, 2]
            count += 1
            level += 1
        if level == longest:
            level -= 1
        c = -1
        while level > 0 and c < 0:
            c, drop = _next_out(walk, level, root, out, starts, t1, delta, gap)
            if c < 0:
                level -= 1
        if level == 0:
            return count


@inlined
def _meets(halves, half, walk, level, tk, delta, gap):
    """Tell whether times rise from the half's first to the path's last payment but for one drop."""
    t1, fa, tb = halves[half, FIRST], halves[half, LAST], walk[level - 1, TIME]
    crossing = tk + gap <= t1
    rising = fa + gap <= tb
    if halves[half, LINK] & 1:
        return walk[level - 1, DROP] == 0 and rising and crossing
    if walk[level - 1, DROP]:
        return rising and crossing
    if rising:
        return t1 + gap <= tk and tk - t1 <= delta
    return fa > tb and crossing and fa - tb <= delta


@uncounted
def _emit(found, fill, half, halves, walk, level, in_):
    """Append a loop as read from its root: its length, then its payments; -1 without room."""
    a = (halves[half, LINK] >> 1) & 15
    if fill + a + level + 1 > len(found):
        return -1
    found[fill] = a + level
    p = half
    for q in range(a, 0, -1):
        found[fill + q] = halves[p, PAYMENT]
        p = halves[p, LINK] >> 5
    for q in range(level):
        found[fill + a + 1 + q] = in_[walk[level - 1 - q, ROW], 3]
    return fill + a + level + 1


@inlined
def _join(walk, level, in_, delta, gap, most, ratio, head, mark, span, halves, spread, found, fill):
    """Meet the backward path of `level` payments with every forward half at its first account."""
    y = walk[level - 1, AT]
    if head[y, 1] != mark:
        return fill, 0
    tk = walk[0, TIME]
    h = head[y, 0]
    steps = 0
    while h >= 0 and halves[h, FIRST] >= tk - delta:
        steps += 1
        a = (halves[h, LINK] >> 1) & 15
        if (a == level or a == level + 1) and a + level <= most:
            if _meets(halves, h, walk, level, tk, delta, gap):
                even = True
                if len(spread):
                    least = min(spread[h, 0], span[level - 1, 0])
                    even = least >= ratio * max(spread[h, 1], span[level - 1, 1])
                if even and _disjoint(halves, h, a, walk, level):
                    fill = _emit(found, fill, h, halves, walk, level, in_)
                    if fill < 0:
                        return fill, steps
        h = halves[h, NEXT]
    return fill, steps


@inlined
def _backward(
    root,
    i,
    starts,
    in_,
    delta,
    gap,
    most,
    ratio,
    left,
    amounts,
    head,
    mark,
    walk,
    span,
    halves,
    spread,
    found,
    fill,
):
    """Walk the backward halves that end with in-row `i`, joining each, for `left` steps or so."""
    tk = in_[i, TIME]
    c, drop, level, steps = i, 0, 0, 0
    while True:
        steps += 1
        if len(amounts) == 0 or _weigh(span, level, amounts[in_[c, 3]], ratio):
            _enter(walk, level, in_, c, drop)
            walk[level, CURSOR] = in_[c, 2] - 1
            level += 1
            fill, more = _join(
                walk, level, in_, delta, gap, most, ratio, head, mark, span, halves, spread, found,
                fill,
            )  # fmt: skip
            steps += more
            if steps > left or fill < 0:
                return fill, steps
        if level == most // 2:
            level -= 1
        c = -1
        while level > 0 and c < 0:
            c, drop = _next_in(walk, level, root, in_, starts, tk, delta, gap)
            if c < 0:
                level -= 1
        if level == 0:
            return fill, steps


@inlined
def _useful(out, w, stop, latest, root):
    """Tell whether some payment of the root to a lower rank lies before `latest`."""
    while w < stop and out[w, TIME] <= latest:
        if out[w, 0] < root:
            return True
        w += 1
    return False


@inlined
def _root(
    root,
    begin,
    end,
    out_start,
    in_start,
    out,
    in_,
    delta,
    gap,
    most,
    max_steps,
    ratio,
    amounts,
    head,
    mark,
    walk,
    span,
    halves,
    spread,
    found,
    fill,
):
    """Find the loops whose highest account is `root` and which close by `begin`…`end` of in-rows.

    Return the fill of found (-1: no room left), the steps and whether they were too many.
    """
    stop = out_start[root + 1]
    ahead = w = out_start[root]
    count = 0
    steps = 0
    for i in range(begin, end):
        if in_[i, 0] >= root:
            continue
        tk = in_[i, TIME]
        while w < stop and out[w, TIME] < tk - delta:
            w += 1
        if not _useful(out, w, stop, tk + delta, root):
            continue
        if steps + count > max_steps:
            return fill, steps + count, 1
        ahead = max(ahead, w)
        while ahead < stop and out[ahead, TIME] <= tk + delta:
            if steps + count > max_steps:
                return fill, steps + count, 1
            if out[ahead, 0] < root:
                count = _forward(
                    root, ahead, out_start, out, delta, gap, (most + 1) // 2, ratio, amounts, head,
                    mark, walk, span, halves, spread, count,
                )  # fmt: skip
                if count < 0:
                    return -1, steps, 0
            ahead += 1
        fill, more = _backward(
            root, i, in_start, in_, delta, gap, most, ratio, max_steps - steps - count, amounts,
            head, mark, walk, span, halves, spread, found, fill,
        )  # fmt: skip
        steps += more
        if fill < 0:
            return fill, steps, 0
        if steps + count > max_steps:
            return fill, steps + count, 1
    return fill, steps + count, 0


@uncounted
def search(graph, task, limits, amounts, buffers):
    """Find the loops of the roots `task`; see the module for the rules.

    Args:
        graph: (out_start, in_start, out, in_) of an adjacency.
        task: (highest root, lowest root, first in-row or -1, end of in-rows, number of the mark).
        limits: (delta, gap, K, most steps a root, least amount ratio).
        amounts: float64 by payment number, or empty where no ratio is asked.
        buffers: (head, halves, spread, found, walk, span) of this thread; `head` is (accounts, 2),
            -1 at first; `walk` and `span` have a row more than the longest half.

    Returns:
        (fill of found, steps, roots cut short); a fill of -1 says that `halves` or `found` have
        too few rows, and the task is to be repeated with more of them.
        A loop in `found` is its length and then its payment numbers as read from the root.
    """
    top, low, first, end, mark = task
    head, halves, spread, found, walk, span = buffers
    out_start, in_start, out, in_ = graph
    delta, gap, most, max_steps, ratio = limits
    fill = 0
    all_steps = 0
    cut = 0
    for root in range(top, low - 1, -1):
        mark += 1
        start, stop = in_start[root], in_start[root + 1]
        if start == stop or out_start[root] == out_start[root + 1]:
            continue
        if first >= 0:
            start, stop = max(start, first), min(stop, end)
        fill, steps, stopped = _root(
            root, start, stop, out_start, in_start, out, in_, delta, gap, most, max_steps, ratio,
            amounts, head, mark, walk, span, halves, spread, found, fill,
        )  # fmt: skip
        if fill < 0:
            return fill, all_steps, cut
        all_steps += steps
        cut += stopped
    return fill, all_steps, cut
