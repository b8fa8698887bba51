/**
 * SEE: serves the console's page, its modules and libraries, and the API's description to look at. It computes nothing: what the page shows it asks of the API. Imports
 * nothing of ours. The server's threads run in it.
 */
@NullMarked
package dev.bide.console;

import org.jspecify.annotations.NullMarked;
