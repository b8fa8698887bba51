package dev.bide.delivery;

import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the wire during one call, as OkHttp tells it. The answer's status is taken from here: OkHttp itself
 * makes an exception of some answers (407 from a server; 204 with a body).
 */
final class CallTrace extends EventListener {

    private boolean connecting;
    private boolean sending;
    private int status;
    private @Nullable Headers headers;

    /** 0 before the answer's headers are here. */
    int status() {
        return status;
    }

    /** Of the answer; null before they are here. */
    @Nullable
    Headers headers() {
        return headers;
    }

    /** Whether the request went, in part at least, over a connection that an earlier call had left, and came to nothing. */
    boolean lostOnUsedConnection() {
        return sending && !connecting && status == 0;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void requestHeadersStart(Call call) {
        sending = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        status = response.code();
        headers = response.headers();
    }
}
