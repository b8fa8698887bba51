package dev.bide.loadtest;

/**
 * What each timer of a load asks for.
 *
 * @param amount of the delay
 * @param unit of the delay, as the contract has it
 * @param url of the third party
 * @param timeout of a call, as the contract has it; empty for the default
 */
record TimerOrder(int amount, String unit, String url, String timeout) {

    /** @param number any ten digits, which end up in the body of the call */
    String json(String number) {
        return "{\"delay\":{\"type\":\"period\",\"amount\":" + amount + ",\"unit\":\"" + unit + "\"},"
                + "\"action\":{\"url\":\"" + url + "\",\"body\":{\"event\":\"reminder\",\"order\":\"" + number
                + "\",\"channel\":\"mail\"}}"
                + (timeout.isEmpty() ? "" : ",\"timeout\":\"" + timeout + "\"")
                + "}";
    }
}
