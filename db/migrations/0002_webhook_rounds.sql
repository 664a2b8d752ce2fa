ALTER TABLE "webhook_deliveries" ADD COLUMN "round" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "step" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_pending" ON "webhook_deliveries" USING btree ("next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE POLICY "system_reads" ON "webhook_deliveries" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);--> statement-breakpoint
CREATE POLICY "system_reads" ON "webhook_endpoints" AS PERMISSIVE FOR SELECT TO "dropmate_system" USING (true);