/** Vite's: the file itself is served, and the import is its address. */
declare module '*?url' {
  const address: string;
  export default address;
}
