package dev.bide.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;

/** How somebody looks at the pages: neither their zone nor their locale is the server's. */
record Look(ColorScheme scheme, int width, String zone, String locale) {
    static final Look USUAL = new Look(ColorScheme.LIGHT, 1280, "Asia/Ho_Chi_Minh", "de-DE");

    Look dark() {
        return new Look(ColorScheme.DARK, width, zone, locale);
    }

    Look narrow() {
        return new Look(scheme, 360, zone, locale);
    }

    Browser.NewContextOptions options() {
        return new Browser.NewContextOptions()
                .setViewportSize(width, width < 720 ? 780 : 900)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setTimezoneId(zone)
                .setLocale(locale);
    }

    @Override
    public String toString() {
        return scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
    }
}
