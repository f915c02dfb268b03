/** How a database is shown: a path as it is, a URL without its password and its options, which may hold secrets too. */
export function shownAddress(db: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(db)) return db;
  const [scheme = "", rest = ""] = db.split(/:\/\/(.*)/s);
  const [place = ""] = rest.split(/[?#]/);
  // A password may hold an @ that nobody encoded.
  const at = place.lastIndexOf("@");
  const [user] = place.slice(0, Math.max(0, at)).split(":");
  return `${scheme}://${user ? `${user}@` : ""}${place.slice(at + 1)}`;
}
