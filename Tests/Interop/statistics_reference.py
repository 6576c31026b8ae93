#!/usr/bin/env python3
"""Makes Tests/StatisticsTests/Fixtures/statistics.json: random inputs with reference answers.

    pip install numpy scipy statsmodels krippendorff mpmath
    python3 Tests/Interop/statistics_reference.py [--seed N] [--output FILE]

The committed file has seed 1. The tests compare it with Comparison to 1e-9 or better. With
another seed and output, run them with ASSAY_STATISTICS_FIXTURE=FILE.
"""
import argparse
import json
import math
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
import scipy.optimize
import scipy.special
import scipy.stats
import statsmodels.api as sm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

mp.mp.dps = 50
cases = []


def plain(value):
    """A list of numbers, null where a number is not finite or not there."""
    values = [value] if np.ndim(value) == 0 else list(value)
    numbers = [None if v is None else float(v) for v in values]
    return [v if v is not None and math.isfinite(v) else None for v in numbers]


def case(name, given, expected):
    cases.append({
        "name": name,
        "given": {key: plain(value) for key, value in given.items()},
        "expected": {key: plain(value) for key, value in expected.items()},
    })


def distributions(random):
    """Tails to fifty digits, so that not even scipy's last digits matter."""
    for _ in range(40):
        z = float(random.normal() * 4)
        tail = mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2
        case("normal", {"z": z}, {"upper": tail})
    for _ in range(60):
        freedom = float(random.choice([1, 2, 3, 7.5, 30, 199, 4999, 1e5]))
        t = float(random.normal() * random.choice([0.1, 1, 3, 10]))
        x = mp.mpf(freedom) / (mp.mpf(freedom) + mp.mpf(t) ** 2)
        half = mp.betainc(mp.mpf(freedom) / 2, mp.mpf(1) / 2, 0, x, regularized=True) / 2
        case("student", {"freedom": freedom, "t": t}, {"upper": half if t >= 0 else 1 - half})
    for _ in range(40):
        freedom = float(random.choice([1, 2, 5, 17, 100, 2500]))
        x = float(random.chisquare(freedom) * random.choice([0.3, 1, 2]))
        upper = mp.gammainc(mp.mpf(freedom) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)
        case("chisquare", {"freedom": freedom, "x": x}, {"upper": upper, "lower": 1 - upper})
    for _ in range(60):
        trials = int(random.choice([1, 2, 10, 75, 1000, 1_000_000]))
        chance = float(random.choice([0.5, 0.95, 0.01, random.random()]))
        count = min(trials, max(0, int(random.binomial(trials, chance) + random.normal() * 2)))
        x, k, n = mp.mpf(chance), mp.mpf(count), mp.mpf(trials)
        mass = mp.binomial(n, k) * x ** k * (1 - x) ** (n - k)
        if trials <= 1000:
            terms = [mp.binomial(n, i) * x ** i * (1 - x) ** (n - i) for i in range(count + 1)]
            lower = mp.fsum(terms)
        else:
            lower = mp.mpf(scipy.stats.binom.cdf(count, trials, chance))
        case("binomial", {"trials": trials, "chance": chance, "count": count},
             {"mass": mass, "lower": lower})
    for _ in range(40):
        chance = float(random.choice([random.random(), 10.0 ** -random.integers(1, 12)]))
        freedom = float(random.choice([1, 2, 3, 9, 49, 999]))
        case("quantiles", {"chance": chance, "freedom": freedom}, {
            "normal": scipy.stats.norm.isf(chance),
            "student": scipy.stats.t.isf(chance, freedom),
            "chisquare": scipy.stats.chi2.isf(chance, freedom),
        })


def elementary(random):
    for _ in range(100):
        x = float(random.normal() * random.choice([1e-9, 1e-3, 1, 30, 300]))
        y = float(10.0 ** random.uniform(-300, 300))
        u = float(random.choice([-1, 1]) * 10.0 ** random.uniform(-15, -0.01))
        case("elementary", {"x": x, "y": y, "u": u}, {
            "exp": mp.exp(x), "log": mp.log(y), "logOnePlus": mp.log(1 + mp.mpf(u)),
            "expMinusOne": mp.expm1(u), "arcTangent": mp.atan(x),
        })


def rates(random):
    for trials in [1, 2, 3, 30, 72, 500, 100_000]:
        for successes in sorted({0, trials, int(random.integers(trials + 1)),
                                 int(random.integers(trials + 1))}):
            level = float(random.choice([0.8, 0.95, 0.99]))
            wilson = proportion_confint(successes, trials, 1 - level, method="wilson")
            case("rate", {"successes": successes, "trials": trials, "level": level},
                 {"wilson": wilson})
    for _ in range(20):
        n1, n2 = (int(random.integers(1, 200)) for _ in range(2))
        k1, k2 = int(random.integers(n1 + 1)), int(random.integers(n2 + 1))
        h = 2 * math.asin(math.sqrt(k2 / n2)) - 2 * math.asin(math.sqrt(k1 / n1))
        case("tworates", {"first": [k1, n1], "second": [k2, n2]}, {"h": h})


def tango(b, c, n, level):
    """Tango's interval with the restricted likelihood maximised numerically, not in closed form."""
    z = scipy.stats.norm.isf((1 - level) / 2)

    def score(delta):
        low, high = max(0.0, -delta), (1 - delta) / 2

        def slope(q):  # derivative of the log-likelihood in q = P(only base)
            rest = 1 - 2 * q - delta
            if n > b + c and rest <= 0:
                return -math.inf
            value = -2 * (n - b - c) / rest if n > b + c else 0.0
            if b:
                value += b / (q + delta) if q + delta > 0 else math.inf
            if c:
                value += c / q if q > 0 else math.inf
            return value
        edge = (high - low) * 1e-14
        if slope(low + edge) <= 0:
            q = low
        elif slope(high - edge) >= 0:
            q = high
        else:
            q = scipy.optimize.brentq(slope, low + edge, high - edge, xtol=1e-16, rtol=1e-14)
        variance = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) / math.sqrt(max(variance, 1e-300))
    point = (b - c) / n
    near = 1e-12
    low = -1.0 if point - near <= -1 else scipy.optimize.brentq(
        lambda d: score(d) - z, -1 + near, point - near / 2, xtol=1e-15, rtol=1e-14)
    high = 1.0 if point + near >= 1 else scipy.optimize.brentq(
        lambda d: score(d) + z, point + near / 2, 1 - near, xtol=1e-15, rtol=1e-14)
    return low, high


def paired(random):
    for _ in range(40):
        both, b, c, neither = (int(v) for v in random.integers(0, [40, 15, 15, 40]))
        table = [[both, c], [b, neither]]
        exact = mcnemar(table, exact=True).pvalue
        mass = scipy.stats.binom.pmf(min(b, c), b + c, 0.5)
        expected = {"exact": exact, "mid": min(1, 2 * scipy.stats.binom.cdf(min(b, c), b + c, 0.5) - mass)}
        if both + b + c + neither:
            expected["tango"] = tango(b, c, both + b + c + neither, 0.95)
        case("mcnemar", {"both": both, "onlyCandidate": b, "onlyBase": c, "neither": neither}, expected)
    for _ in range(40):
        n = int(random.choice([2, 3, 8, 50]))
        base = random.normal(random.normal() * 100, 1, n)
        candidate = 0.6 * base + random.normal(0.2, 1, n)
        test = scipy.stats.ttest_rel(candidate, base)
        interval = test.confidence_interval(0.95)
        labels = random.integers(0, max(2, n // 4), n)
        d = candidate - base
        expected = {
            "p": test.pvalue, "t": test.statistic, "interval": [interval.low, interval.high],
            "correlation": np.corrcoef(base, candidate)[0, 1], "dz": d.mean() / d.std(ddof=1),
            "unpaired": math.sqrt((base.var(ddof=1) + candidate.var(ddof=1)) / n),
        }
        if len(set(labels)) > 1:
            codes = np.unique(labels, return_inverse=True)[1]
            fit = sm.OLS(d, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
            expected["clustered"] = [fit.bse[0], fit.pvalues[0], *fit.conf_int(0.05)[0]]
        case("pairedmean", {"base": base, "candidate": candidate, "labels": labels}, expected)
    for _ in range(10):
        p = random.random(int(random.integers(1, 9))) ** 3
        case("holm", {"p": p}, {"adjusted": multipletests(p, method="holm")[1]})
    for _ in range(8):
        d = np.round(random.normal(0.5, 1, int(random.integers(2, 11))), 1)
        test = scipy.stats.permutation_test(
            (d,), lambda x, axis: np.abs(np.mean(x, axis=axis)), permutation_type="samples",
            alternative="greater", n_resamples=np.inf, vectorized=True)
        case("signflip", {"d": d}, {"p": test.pvalue})


def quantiles(random):
    for n in [1, 2, 5, 20, 59, 71, 72, 200]:
        x = np.round(random.lognormal(7, 0.3, n))
        for p in [0.5, 0.95, 0.25]:
            level = float(random.choice([0.95, 0.9]))
            interval = scipy.stats.quantile_test(x, p=p).confidence_interval(level)
            value = np.quantile(x, p, method="inverted_cdf")
            case("quantile", {"x": x, "p": p, "level": level},
                 {"value": value, "interval": [interval.low, interval.high]})


MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mixed(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return word ^ (word >> 31)


def drawn(seed, stream, count):
    """The unit numbers of one resample, by the documented generator."""
    state = mixed(mixed((seed + GAMMA) & MASK) ^ mixed((stream * GAMMA + 1) & MASK))
    numbers = []
    for _ in range(count):
        while True:
            state = (state + GAMMA) & MASK
            product = mixed(state) * count
            if (product & MASK) >= (1 << 64) % count:
                break
        numbers.append(product >> 64)
    return numbers


def bootstraps(random):
    """BCa intervals worked out by scipy's formulas from the very same resamples."""
    for _ in range(6):
        n, resamples, seed = int(random.integers(5, 40)), 499, int(random.integers(1 << 50))
        top = random.exponential(1, n)
        bottom = random.integers(0, 3, n) + (random.random() < 0.5) * 1.0
        if bottom.sum() == 0:
            continue
        draws = np.array([drawn(seed, i, n) for i in range(resamples)])
        theta = top.sum() / bottom.sum()
        with np.errstate(divide="ignore"):
            values = top[draws].sum(1) / bottom[draws].sum(1)
        if not np.isfinite(values).all():
            continue
        share = ((values < theta).sum() + (values <= theta).sum()) / (2 * resamples)
        bias = scipy.stats.norm.ppf(share)
        left = (top.sum() - top) / (bottom.sum() - bottom)
        distance = left.mean() - left
        a = (distance ** 3).sum() / (6 * (distance ** 2).sum() ** 1.5)
        shares = [scipy.stats.norm.cdf(bias + (bias + z) / (1 - a * (bias + z)))
                  for z in scipy.stats.norm.ppf([0.025, 0.975])]
        case("bootstrap", {"top": top, "bottom": bottom, "resamples": resamples, "seed": seed},
             {"interval": np.quantile(values, shares), "error": values.std(ddof=1), "value": theta})


def mean_error(values, codes):
    """statsmodels' cluster-robust standard error of a mean."""
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    return fit.bse[0]


def ratios(random):
    for _ in range(20):
        n = int(random.integers(12, 40))
        cost = random.exponential(0.02, n)
        success = (random.random(n) < random.choice([0.1, 0.5, 0.9])) * 1.0
        other_cost, other = cost * random.uniform(0.5, 2, n), (random.random(n) < 0.7) * 1.0
        labels = np.unique(random.integers(0, n // 2, n), return_inverse=True)[1]
        if success.sum() == 0 or other.sum() == 0:
            continue
        ratio = cost.sum() / success.sum()
        rest = cost - ratio * success
        t = scipy.stats.t.isf(0.025, n - 1)

        def outside(rho):  # Fieller's condition itself, not its quadratic
            difference = cost - rho * success
            return abs(difference.mean()) - t * difference.std(ddof=1) / math.sqrt(n)
        limit, bound = ratio, None
        while limit < 1e9 and bound is None:
            limit *= 2
            if outside(limit) > 0:
                bound = scipy.optimize.brentq(outside, ratio, limit, xtol=1e-16, rtol=1e-14)
        below = next((x for x in np.linspace(ratio, -9 * ratio, 2001) if outside(x) > 0), None)
        lower = None
        if below is not None:
            lower = scipy.optimize.brentq(outside, below, ratio, xtol=1e-16, rtol=1e-14)
        # The relative change by the delta method, its derivatives taken by hand.
        second = other_cost.sum() / other.sum()
        influence = n * ((other_cost - second * other) / other_cost.sum() - rest / cost.sum())
        own = scipy.stats.t.isf(0.025, len(set(labels)) - 1)
        log, error = math.log(second / ratio), mean_error(influence, labels)
        case("ratio", {"cost": cost, "success": success, "labels": labels,
                       "otherCost": other_cost, "other": other}, {
            "value": ratio, "error": rest.std(ddof=1) / (math.sqrt(n) * success.mean()),
            "clustered": mean_error(rest, labels) / success.mean(), "interval": [lower, bound],
            "change": math.expm1(log), "changeError": error,
            "changeInterval": [math.expm1(log - own * error), math.expm1(log + own * error)],
        })


def repeats(random):
    for _ in range(30):
        n = int(random.integers(1, 12))
        c, k = int(random.integers(0, n + 1)), int(random.integers(1, 13))
        whole = scipy.special.comb(n, k, exact=True)
        case("repeats", {"n": n, "c": c, "k": k}, {
            "once": 1 - scipy.special.comb(n - c, k, exact=True) / whole if whole else None,
            "every": scipy.special.comb(c, k, exact=True) / whole if whole else None,
        })


def sequential(random):
    for _ in range(20):
        weights = random.random(int(random.integers(2, 5)))
        counts = random.multinomial(1000, weights / weights.sum())
        test = scipy.stats.chisquare(counts, weights / weights.sum() * 1000)
        case("split", {"counts": counts, "weights": weights},
             {"statistic": test.statistic, "p": test.pvalue})
        n = int(random.integers(1, 30))
        logged, target, reward = random.uniform(0.05, 1, n), random.random(n), random.random(n)
        w = target / logged
        case("offpolicy", {"logged": logged, "target": target, "reward": reward}, {
            "ips": (w * reward).mean(), "snips": np.average(reward, weights=w),
            "size": w.sum() ** 2 / (w ** 2).sum(),
        })


def ratings(random):
    import krippendorff
    from statsmodels.stats.inter_rater import cohens_kappa, to_table
    for _ in range(15):
        n = int(random.integers(3, 60))
        first = random.integers(0, 4, n)
        second = np.where(random.random(n) < 0.6, first, random.integers(0, 4, n))
        found = cohens_kappa(to_table(np.column_stack([first, second]))[0])
        case("kappa", {"first": first, "second": second},
             {"value": found.kappa, "error": found.std_kappa,
              "interval": [found.kappa_low, min(1, found.kappa_upp)]})
    for _ in range(15):
        raters, n = int(random.integers(2, 6)), int(random.integers(4, 25))
        truth = random.integers(1, 6, n)
        scores = np.clip(truth + random.integers(-1, 2, (raters, n)), 1, 5).astype(float)
        scores[random.random((raters, n)) < 0.3] = np.nan
        case("alpha", {"raters": raters, "scores": scores.ravel()}, {
            level: krippendorff.alpha(scores, level_of_measurement=level)
            for level in ["nominal", "ordinal", "interval"]
        })
    for _ in range(10):
        models = int(random.integers(3, 7))
        votes = []
        for _ in range(40 * models):
            left, right = random.choice(models, 2, replace=False)
            chance = 1 / (1 + math.exp(0.4 * (left - right)))
            votes.append((left, right, random.choice([0, 1, 2], p=[0.8 * chance, 0.8 * (1 - chance), 0.2])))
        rows, shares, weights = [], [], []
        for one in range(models):
            for two in range(one + 1, models):
                score = sum(
                    0.5 if choice == 2 else (choice == 0) == (left == one)
                    for left, right, choice in votes if {left, right} == {one, two})
                met = sum({left, right} == {one, two} for left, right, _ in votes)
                if met:
                    row = np.zeros(models)
                    row[one], row[two] = 1, -1
                    rows.append(row[1:])
                    shares.append([score, met - score])
        fit = sm.GLM(np.array(shares), np.array(rows), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
        case("bradleyterry", {"models": models, "votes": np.array(votes).ravel()},
             {"strengths": [0, *fit.params], "errors": [None, *fit.bse]})
    for _ in range(10):
        n = int(random.integers(3, 40))
        scores, others = random.integers(1, 6, n) + 0.05 * np.arange(n), random.uniform(1, 5, n)
        missing = random.random(n) < 0.2
        if (~missing).sum() < 3:
            continue
        time, gap = np.arange(n)[~missing], (scores - others)[~missing]
        found = scipy.stats.linregress(time, gap)
        case("drift", {"scores": scores, "others": np.where(missing, np.nan, others)},
             {"slope": found.slope, "error": found.stderr, "p": found.pvalue, "mean": gap.mean()})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    default = Path(__file__).parents[1] / "StatisticsTests" / "Fixtures" / "statistics.json"
    parser.add_argument("--output", type=Path, default=default)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for number, section in enumerate(
            [distributions, elementary, rates, paired, quantiles, bootstraps,
             ratios, repeats, sequential, ratings]):
        section(np.random.default_rng([options.seed, number]))
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
    options.output.write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
