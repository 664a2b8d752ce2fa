/** What installs the drivers' app on a phone (W3C Web Application Manifest). The pictures are in web/drive/icons. */
export const driveManifest = {
  id: '/drive',
  name: 'DropMate',
  short_name: 'DropMate',
  description: 'Your deliveries, stop by stop.',
  start_url: '/drive',
  scope: '/drive',
  display: 'standalone',
  orientation: 'portrait',
  background_color: '#0b1220',
  theme_color: '#0b1220',
  icons: [
    { src: '/assets/drive-icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/assets/drive-icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/assets/drive-icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
} as const;
