// As it is, under a name with its hash: bundled, it would share helpers with the other pages' scripts.
import bundle from 'swagger-ui-dist/swagger-ui-bundle.js?url';

declare global {
  interface Window {
    /** Set by the bundle. The part of swagger.io/docs/open-source-tools/swagger-ui/usage/configuration that is used here. */
    SwaggerUIBundle?: (options: {
      domNode: Element;
      url: string;
      deepLinking: boolean;
      filter: boolean;
      docExpansion: 'list' | 'full' | 'none';
      defaultModelsExpandDepth: number;
      displayRequestDuration: boolean;
      tryItOutEnabled: boolean;
      validatorUrl: null;
      onComplete: () => void;
    }) => void;
  }
}

const app = document.querySelector('#app');
if (app !== null) show(app);

function show(domNode: Element): void {
  followColourScheme();
  const script = document.createElement('script');
  script.src = bundle;
  script.addEventListener('load', () =>
    window.SwaggerUIBundle?.({
      domNode,
      url: '/openapi.json',
      deepLinking: true,
      filter: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      // By default it sends the description to a validator elsewhere.
      validatorUrl: null,
      onComplete: () => domNode.setAttribute('data-ready', ''),
    }),
  );
  document.head.append(script);
}

/** Swagger UI is dark by a class on the root. */
function followColourScheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', apply);
  apply();
}
