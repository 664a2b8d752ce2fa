CREATE TABLE "order_notices" (
	"merchant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"notice" text NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "order_notices_merchant_id_order_id_notice_pk" PRIMARY KEY("merchant_id","order_id","notice")
);
--> statement-breakpoint
ALTER TABLE "order_notices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "about_id" uuid;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "round" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "step" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "queued_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "order_notices" ADD CONSTRAINT "order_notices_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_notices_age" ON "order_notices" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "notification_log_queued" ON "notification_log" USING btree ("queued_at") WHERE status = 'queued';--> statement-breakpoint
CREATE POLICY "of_merchant" ON "order_notices" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));