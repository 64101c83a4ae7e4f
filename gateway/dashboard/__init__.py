"""The dashboard: pages for people, made from the same API and under the same authorisation as everyone's."""
