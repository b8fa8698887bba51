package dev.bide.testing;

/** A timer as a client sends it: due in a day, so that no test sees it fire, and calling nobody. */
public final class TimerJson {
    public static final String TIMER = with("");

    private TimerJson() {}

    /** @param more members of the timer, each behind a comma */
    public static String with(String more) {
        return timer("", more);
    }

    /** @param body of its call, as JSON */
    public static String withBody(String body) {
        return timer(",\"body\":" + body, "");
    }

    private static String timer(String moreOfAction, String more) {
        return "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\""
                + moreOfAction + "}" + more + "}";
    }
}
