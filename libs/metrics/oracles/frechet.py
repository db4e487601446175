"""FID in 50 digits, for src/fid.test.ts: python3 oracles/frechet.py (needs mpmath).

Two sets of whole numbers that a seed fixes. Feature 0 holds the same values in both, in reversed order, and is `scale` times larger than the others.
"""
import mpmath as mp

mp.mp.dps = 50


def uniform_stream(seed):
    """libs/metrics/src/subsets.ts: mulberry32."""
    state, mask = seed, 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        z = ((state ^ (state >> 15)) * (state | 1)) & mask
        z ^= (z + ((z ^ (z >> 7)) * (z | 61))) & mask
        yield ((z ^ (z >> 14)) & mask) / 2**32


def sets(n, d, scale):
    uniform = uniform_stream(5)
    draw = lambda size: [[int(next(uniform) * size) for _ in range(d)] for _ in range(n)]
    a, b = draw(1000), draw(700)
    for row in a:
        row[0] *= scale
    for row, other in zip(b, reversed(a)):
        row[0] = other[0]
    return a, b


def summary(points):
    columns = [[mp.mpf(x) for x in column] for column in zip(*points)]
    mean = [mp.fsum(c) / len(points) for c in columns]
    centred = [[x - m for x in c] for c, m in zip(columns, mean)]
    return mean, mp.matrix([[mp.fdot(x, y) / (len(points) - 1) for y in centred] for x in centred])


def frechet(a, b):
    (m1, c1), (m2, c2) = summary(a), summary(b)
    half = mp.cholesky(c1)
    roots = mp.fsum(mp.sqrt(e) for e in mp.eigsy(half.T * c2 * half, eigvals_only=True))
    traces = mp.fsum(c1[i, i] + c2[i, i] for i in range(len(m1)))
    return mp.fsum((x - y) ** 2 for x, y in zip(m1, m2)) + traces - 2 * roots


for n, d in ((60, 8), (200, 70)):
    for scale in (1, 10**3, 10**4, 10**5, 10**7):
        print(n, d, scale, mp.nstr(frechet(*sets(n, d, scale)), 20), flush=True)
