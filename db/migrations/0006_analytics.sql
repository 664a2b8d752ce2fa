CREATE TABLE "analytics_days" (
	"merchant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"timezone" text NOT NULL,
	"figures" jsonb,
	CONSTRAINT "analytics_days_merchant_id_day_pk" PRIMARY KEY("merchant_id","day")
);
--> statement-breakpoint
ALTER TABLE "analytics_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "estimated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "analytics_days" ADD CONSTRAINT "analytics_days_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "of_merchant" ON "analytics_days" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));