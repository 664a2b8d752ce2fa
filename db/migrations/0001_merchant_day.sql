CREATE TABLE "password_resets" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "password_resets_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "password_resets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "message_reads" (
	"merchant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"reader" text NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "message_reads_merchant_id_order_id_reader_pk" PRIMARY KEY("merchant_id","order_id","reader")
);
--> statement-breakpoint
ALTER TABLE "message_reads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "shifts" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"driver_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"cash_expected" bigint,
	"cash_counted" bigint,
	"note" text,
	CONSTRAINT "shifts_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "shifts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notification_settings" (
	"merchant_id" uuid NOT NULL,
	"event" text NOT NULL,
	"channel" text NOT NULL,
	"enabled" boolean NOT NULL,
	"wording" jsonb,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_settings_merchant_id_event_channel_pk" PRIMARY KEY("merchant_id","event","channel")
);
--> statement-breakpoint
ALTER TABLE "notification_settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "late_reports" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"driver_id" uuid,
	"update_id" uuid,
	"status" "order_status" NOT NULL,
	"order_status" "order_status" NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"reason" text,
	"location" jsonb,
	"details" jsonb,
	"settled_at" timestamp (3) with time zone,
	"settled_by" uuid,
	CONSTRAINT "late_reports_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "late_reports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "order_pins" (
	"merchant_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"sealed" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"overridden" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "order_pins_merchant_id_order_id_pk" PRIMARY KEY("merchant_id","order_id")
);
--> statement-breakpoint
ALTER TABLE "order_pins" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "proof_files" (
	"merchant_id" uuid NOT NULL,
	"proof_id" uuid NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "proof_files_merchant_id_proof_id_pk" PRIMARY KEY("merchant_id","proof_id")
);
--> statement-breakpoint
ALTER TABLE "proof_files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
ALTER TABLE "throttles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_attempts" (
	"merchant_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"status" integer,
	"error" text,
	"ms" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_attempts_merchant_id_delivery_id_attempt_pk" PRIMARY KEY("merchant_id","delivery_id","attempt")
);
--> statement-breakpoint
ALTER TABLE "webhook_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "quotes" (
	"merchant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"zone_id" uuid,
	"pickup" jsonb NOT NULL,
	"dropoff" jsonb NOT NULL,
	"distance" integer NOT NULL,
	"fee" bigint NOT NULL,
	"currency" text NOT NULL,
	"eta" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"order_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quotes_merchant_id_id_pk" PRIMARY KEY("merchant_id","id")
);
--> statement-breakpoint
ALTER TABLE "quotes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "messages_order_id";--> statement-breakpoint
DROP INDEX "proofs_order_id";--> statement-breakpoint
ALTER TABLE "merchants" ADD COLUMN "country" text;--> statement-breakpoint
ALTER TABLE "merchants" ADD COLUMN "preparation_minutes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "sender_id" uuid;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "event" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "audience" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "recipient_id" uuid;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "recipient" text;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "language" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "body" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "status" text NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "detail" text;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "provider_id" text;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "sent_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notification_log" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "proofs" ADD COLUMN "sha256" text NOT NULL;--> statement-breakpoint
ALTER TABLE "proofs" ADD COLUMN "storage" text NOT NULL;--> statement-breakpoint
ALTER TABLE "proofs" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "proofs" ADD COLUMN "actor_type" text NOT NULL;--> statement-breakpoint
ALTER TABLE "proofs" ADD COLUMN "actor_id" uuid;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD COLUMN "language" text DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE "ratings" ADD COLUMN "driver_id" uuid;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "order_id" uuid;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "status" text DEFAULT 'pending' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "next_attempt_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "description" text;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "secrets" jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "disabled_reason" text;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "zones" ADD COLUMN "fee" jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "zones" ADD COLUMN "hours" jsonb;--> statement-breakpoint
ALTER TABLE "zones" ADD COLUMN "active" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "zones" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "opted_out" text[] DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "delivery_updates" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "cash_collected" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "fee" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "quote_id" uuid;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "promised_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "distance" integer;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "attempts" integer DEFAULT 0;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "sandbox" boolean DEFAULT false;--> statement-breakpoint
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_user" FOREIGN KEY ("merchant_id","user_id") REFERENCES "public"."users"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_reads" ADD CONSTRAINT "message_reads_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shifts" ADD CONSTRAINT "shifts_driver" FOREIGN KEY ("merchant_id","driver_id") REFERENCES "public"."drivers"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_merchant_id_merchants_id_fk" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "late_reports" ADD CONSTRAINT "late_reports_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_pins" ADD CONSTRAINT "order_pins_order" FOREIGN KEY ("merchant_id","order_id") REFERENCES "public"."orders"("merchant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proof_files" ADD CONSTRAINT "proof_files_proof" FOREIGN KEY ("merchant_id","proof_id") REFERENCES "public"."proofs"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery" FOREIGN KEY ("merchant_id","delivery_id") REFERENCES "public"."webhook_deliveries"("merchant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_merchant" FOREIGN KEY ("merchant_id") REFERENCES "public"."merchants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "password_resets_token" ON "password_resets" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "password_resets_user_id" ON "password_resets" USING btree ("merchant_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "shifts_open" ON "shifts" USING btree ("merchant_id","driver_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "shifts_driver_id" ON "shifts" USING btree ("merchant_id","driver_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "late_reports_update" ON "late_reports" USING btree ("merchant_id","order_id","update_id") WHERE update_id is not null;--> statement-breakpoint
CREATE INDEX "late_reports_open" ON "late_reports" USING btree ("merchant_id","id") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "quotes_expiry" ON "quotes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "audit_log_entity" ON "audit_log" USING btree ("merchant_id","entity_id","id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "messages_age" ON "messages" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "notification_log_time" ON "notification_log" USING btree ("merchant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "notification_log_order" ON "notification_log" USING btree ("merchant_id","order_id") WHERE order_id is not null;--> statement-breakpoint
CREATE INDEX "notification_log_age" ON "notification_log" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscriptions_endpoint" ON "push_subscriptions" USING btree ("merchant_id","endpoint",coalesce(user_id, order_id));--> statement-breakpoint
CREATE INDEX "push_subscriptions_user" ON "push_subscriptions" USING btree ("merchant_id","user_id") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "push_subscriptions_order" ON "push_subscriptions" USING btree ("merchant_id","order_id") WHERE order_id is not null;--> statement-breakpoint
CREATE INDEX "ratings_created" ON "ratings" USING btree ("merchant_id","created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_of_endpoint" ON "webhook_deliveries" USING btree ("merchant_id","endpoint_id","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_order" ON "webhook_deliveries" USING btree ("merchant_id","order_id") WHERE order_id is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_dead" ON "webhook_deliveries" USING btree ("merchant_id","created_at") WHERE status = 'dead';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_age" ON "webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "messages_order_id" ON "messages" USING btree ("merchant_id","order_id","created_at","id");--> statement-breakpoint
CREATE INDEX "proofs_order_id" ON "proofs" USING btree ("merchant_id","order_id","id");--> statement-breakpoint
ALTER TABLE "notification_log" DROP COLUMN "template";--> statement-breakpoint
ALTER TABLE "notification_log" DROP COLUMN "result";--> statement-breakpoint
CREATE POLICY "of_merchant" ON "password_resets" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system_reads" ON "password_resets" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "message_reads" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "shifts" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "notification_settings" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "late_reports" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "order_pins" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "proof_files" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "system" ON "throttles" AS PERMISSIVE FOR ALL TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "of_merchant" ON "webhook_attempts" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "of_merchant" ON "quotes" AS PERMISSIVE FOR ALL TO "dropmate_app" USING (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid)) WITH CHECK (merchant_id = (select nullif(current_setting('app.merchant', true), '')::uuid));