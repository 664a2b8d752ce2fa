import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CameraIcon, CloseIcon } from '../../ui/icons.tsx';
import { useApp } from '../app-context.ts';
import type { KeptFile } from '../outbox/item.ts';
import { shrinkPhoto } from '../picture.ts';

export type PhotosProps = {
  photos: readonly KeptFile[];
  onChange: (photos: readonly KeptFile[]) => void;
  error?: string | undefined;
};

const MOST = 4;

/** Takes photos with the phone's own camera, and shows them small. */
export function Photos({ photos, onChange, error }: PhotosProps): JSX.Element {
  const { words } = useApp();
  const [isBroken, setBroken] = useState(false);
  const take = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file === undefined) return;
    try {
      onChange([...photos, await shrinkPhoto(file)].slice(-MOST));
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  const wrong = isBroken ? words.handOver.photoBroken : error;
  return (
    <div class="photos">
      <label class="button photo-button">
        <CameraIcon />
        {words.handOver.takePhoto}
        <input
          class="hidden"
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => void take(event.currentTarget)}
        />
      </label>
      {wrong !== undefined && (
        <p class="field-error" role="alert">
          {wrong}
        </p>
      )}
      {photos.length > 0 && (
        <ul class="thumbs" aria-label={words.handOver.photoTaken(photos.length)}>
          {photos.map((photo, index) => (
            <li key={photo.bytes.byteLength}>
              <Thumb photo={photo} alt={`${words.handOver.photo} ${index + 1}`} />
              <button
                type="button"
                class="thumb-remove"
                aria-label={words.handOver.removePhoto}
                onClick={() => onChange(photos.filter((other) => other !== photo))}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Thumb({ photo, alt }: { photo: KeptFile; alt: string }): JSX.Element {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return <img class="thumb" src={url || undefined} alt={alt} width={72} height={72} />;
}
