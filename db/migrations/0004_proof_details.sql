ALTER TABLE "delivery_updates" ADD COLUMN "details" jsonb;--> statement-breakpoint
ALTER TABLE "order_pins" ADD COLUMN "mac" text NOT NULL;--> statement-breakpoint
ALTER TABLE "order_pins" ADD COLUMN "last_try" text;