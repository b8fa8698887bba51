package dev.bide.loadtest;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service's own account of lateness, out of its Prometheus text: the histogram whose name has {@code lateness} in it.
 *
 * @param buckets how many were at most so many seconds late, by that number; of all label sets together
 */
record LatenessHistogram(SortedMap<Double, Double> buckets) {
    static final LatenessHistogram EMPTY = new LatenessHistogram(new TreeMap<>());

    private static final Pattern BUCKET =
            Pattern.compile("^\\w*lateness\\w*_bucket\\{(?:[^}]*,)?le=\"([^\"]+)\"[^}]*} (\\S+)", Pattern.MULTILINE);

    static LatenessHistogram parse(String prometheusText) {
        SortedMap<Double, Double> buckets = new TreeMap<>();
        Matcher matcher = BUCKET.matcher(prometheusText);
        while (matcher.find()) {
            String bound = matcher.group(1);
            buckets.merge(
                    bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                    Double.parseDouble(matcher.group(2)),
                    Double::sum);
        }
        return new LatenessHistogram(buckets);
    }

    /** What was added since. */
    LatenessHistogram since(LatenessHistogram before) {
        SortedMap<Double, Double> difference = new TreeMap<>();
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            difference.put(bucket.getKey(), bucket.getValue() - before.buckets.getOrDefault(bucket.getKey(), 0.0));
        }
        return new LatenessHistogram(difference);
    }

    /** In milliseconds, evenly spread within a bucket as Prometheus does it; "-" where nothing is counted. */
    String percentileMillis(double percent) {
        if (buckets.isEmpty() || buckets.get(buckets.lastKey()) == 0) {
            return "-";
        }
        double rank = buckets.get(buckets.lastKey()) * percent / 100;
        double lowerBound = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            if (bucket.getValue() >= rank) {
                if (bucket.getKey().isInfinite()) {
                    return ">" + Math.round(lowerBound * 1000);
                }
                double share = bucket.getValue() == below ? 1 : (rank - below) / (bucket.getValue() - below);
                double seconds = lowerBound + share * (bucket.getKey() - lowerBound);
                return String.format(Locale.ROOT, "%.1f", Math.max(0, seconds) * 1000);
            }
            lowerBound = bucket.getKey();
            below = bucket.getValue();
        }
        return "-";
    }
}
