import { text } from '../domain/text.ts';

/**
 * A phone number as it is stored and looked up: people write the same one with spaces, dashes, dots and parentheses, or
 * without. No country is guessed.
 */
export const plainPhone = (phone: string): string => phone.replace(/[\s\-.()]/g, '');

export const Phone = text(40).overwrite(plainPhone).min(1).openapi({ example: '+59899123456' });
