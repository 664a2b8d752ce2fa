import { hydrate } from 'preact';
import { HomePage } from './page.tsx';
import type { HomePageData } from './page-data.ts';

const root = document.getElementById('app');
const pageData = document.getElementById('page-data')?.textContent;
if (root !== null && pageData) {
  const data: HomePageData = JSON.parse(pageData); // our own server wrote it for this very script
  hydrate(<HomePage data={data} />, root);
}
