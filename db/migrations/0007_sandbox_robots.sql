ALTER TABLE "drivers" ADD COLUMN "robot" boolean DEFAULT false;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "sandbox_outcome" text;