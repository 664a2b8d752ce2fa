import { render } from 'preact';
import { config } from 'zod';
import { App } from './app.tsx';
import type { DispatchPageData } from './page-data.ts';

// The page's policy allows no code made of text, which zod would try to be faster.
config({ jitless: true });

const root = document.getElementById('app');
const pageData = document.getElementById('page-data')?.textContent;
if (root !== null && pageData) {
  const data: DispatchPageData = JSON.parse(pageData); // our own server wrote it for this very script
  root.replaceChildren();
  render(<App data={data} />, root);
}
