package dev.bide.delivery.connection;

import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.Socket;
import java.util.function.BooleanSupplier;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the wire during one call, as OkHttp tells it. The answer's status is taken from here: OkHttp itself
 * makes an exception of some answers (407 from a server; 204 with a body).
 */
public final class CallTrace extends EventListener {

    /** A socket that knows how many bytes came in, unpacked. */
    interface Counting {
        long received();
    }

    private final BooleanSupplier mayCall;
    private final Runnable reached;
    private boolean connecting;
    private boolean connected;
    private boolean sending;
    private boolean answered;
    private int status;
    private @Nullable Headers headers;
    private @Nullable Socket socket;
    private long receivedBefore;

    /**
     * @param mayCall asked when the connection stands, right before the request is sent
     * @param reached is run when somebody takes the connection or answers
     */
    public CallTrace(BooleanSupplier mayCall, Runnable reached) {
        this.mayCall = mayCall;
        this.reached = reached;
    }

    public boolean mayCall() {
        return mayCall.getAsBoolean();
    }

    /** Whether the answer's headers are here. */
    public boolean answered() {
        return answered;
    }

    /** Of the answer; 0 before its headers are here, and where it says 000. */
    public int status() {
        return status;
    }

    /** Of the answer; null before they are here. */
    public @Nullable Headers headers() {
        return headers;
    }

    /** Whether there was a connection, a new one or one that an earlier call had left. */
    public boolean connected() {
        return connected || sending;
    }

    /**
     * Whether the request went, in part at least, over a connection that an earlier call had left, and not a byte came back. What a socket that does not count
     * received is not known, and so may have been one.
     */
    public boolean lostOnUsedConnection() {
        return sending && !connecting && socket instanceof Counting counting && counting.received() == receivedBefore;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void secureConnectStart(Call call) {
        connected = true;
        reached.run();
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        connected = true;
        reached.run();
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        socket = connection.socket();
        receivedBefore = socket instanceof Counting counting ? counting.received() : 0;
    }

    @Override
    public void requestHeadersStart(Call call) {
        sending = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        answered = true;
        status = response.code();
        headers = response.headers();
        reached.run();
        refuseNegativeLength(response);
    }

    /**
     * OkHttp fails on a negative length in a way that leaves its connection open for ever; an IOException, which Kotlin lets pass from here, makes it clean up. The
     * status has come, and counts.
     */
    private static void refuseNegativeLength(Response response) {
        String length = response.header("Content-Length");
        if (length != null && length.startsWith("-")) {
            CallTrace.<RuntimeException>throwUnchecked(new ProtocolException("negative Content-Length"));
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> void throwUnchecked(Exception exception) throws E {
        throw (E) exception;
    }
}
