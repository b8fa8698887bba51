package dev.bide.delivery.address;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which urls may be called, as far as their text tells. Reads them by the parser that the call will use, after it has
 * turned away what that one would be lenient about, so that what is checked is what is called.
 */
public final class UrlRules {

    private static final Pattern START = Pattern.compile("(?i:https?)://([^/?#\\\\]+)");

    /** What is left of a name once it is in ASCII; the lengths are checked by then. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?");

    /** Names of this machine that need no DNS: RFC 6761, and what /etc/hosts commonly has. */
    private static final Pattern LOCALHOST = Pattern.compile(
            "(.*\\.)?localhost|localhost\\.localdomain|localhost[46]?\\.localdomain[46]?|ip6-(localhost|loopback)");

    /** What clouds call their metadata service; elsewhere the names have no address, and so would pass until they are called. */
    private static final Pattern METADATA_NAME = Pattern.compile("metadata\\.google\\.internal|metadata\\.goog");

    private static final InetAddress METADATA = Network.parse("169.254.169.254").address();

    private static final List<InetAddress> LOOPBACK =
            List.of(Network.parse("127.0.0.1").address(), Network.parse("::1").address());

    private final AddressGuard guard;
    private final int maxLength;

    public UrlRules(AddressGuard guard, int maxLength) {
        this.guard = guard;
        this.maxLength = maxLength;
    }

    /**
     * @param problem what is wrong
     * @param name the host, where nothing is wrong and it is a name to look up
     */
    public record Verdict(Optional<String> problem, Optional<String> name) {
        static Verdict wrong(String problem) {
            return new Verdict(Optional.of(problem), Optional.empty());
        }
    }

    public Verdict check(String text) {
        if (text.codePointCount(0, text.length()) > maxLength) {
            return Verdict.wrong("must be at most " + maxLength + " characters");
        }
        if (text.chars()
                .anyMatch(c -> c <= ' ' || c == '\\' || Character.isISOControl(c) || Character.isSpaceChar(c))) {
            return Verdict.wrong("must not hold spaces, control characters or backslashes");
        }
        if (text.contains("{{")) {
            return Verdict.wrong("must not hold variables: only headers and body are filled");
        }
        Matcher start = START.matcher(text);
        if (!start.lookingAt()) {
            return Verdict.wrong("must begin with http:// or https:// and a host");
        }
        if (start.group(1).indexOf('@') >= 0) {
            return Verdict.wrong("must not hold a user or password");
        }
        Target target = Target.of(text);
        if (target == null) {
            return Verdict.wrong("must be a url with a valid host and port");
        }
        if (!target.isValid()) {
            return Verdict.wrong(
                    "must be a valid URI (RFC 3986), since it is sent as it is: percent-encode what may not stand in one, % itself as %25");
        }
        return checkHost(target.url().host().toLowerCase(Locale.ROOT));
    }

    private Verdict checkHost(String host) {
        Optional<IpLiteral> literal = IpLiteral.parse(host);
        if (literal.isPresent()) {
            IpLiteral ip = literal.get();
            String address = ip.address().getHostAddress();
            String spelled = ip.usual() ? "" : "must spell " + host + " as " + address + "; ";
            Optional<String> refusal = guard.refusal(ip.address());
            return refusal.isEmpty() && ip.usual()
                    ? new Verdict(Optional.empty(), Optional.empty())
                    : Verdict.wrong(spelled
                            + refusal.map(why -> "must not be called: " + why).orElse(""));
        }
        if (host.indexOf(':') >= 0 || IpLiteral.endsInNumber(host)) {
            return Verdict.wrong("must have a valid address or name as its host");
        }
        if (!NAME.matcher(host).matches()) {
            return Verdict.wrong("must have a host of letters, digits, hyphens, underscores and dots");
        }
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (LOCALHOST.matcher(bare).matches()) {
            return LOOPBACK.stream().anyMatch(guard::allows)
                    ? new Verdict(Optional.empty(), Optional.empty())
                    : Verdict.wrong("must not be called: it is this machine (loopback)");
        }
        if (METADATA_NAME.matcher(bare).matches() && !guard.allows(METADATA)) {
            return Verdict.wrong("must not be called: it is a metadata service");
        }
        return new Verdict(Optional.empty(), Optional.of(bare));
    }
}
