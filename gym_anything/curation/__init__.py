"""Curation: from trajectories to what is worth learning from. After store and collect in the flow.

grade          a grade 0 to 10 of every step, with its reason and who gave it
  privileged     from the solution, the score and the teacher's errors: the truth
  step_judge     from a model behind an endpoint
  step_model     from a trained step reward model
agreement      how well one source's grades agree with another's
curate         which steps are learned from, which only stay in the context, and why
  redundancy     near-identical pairs of screen and action
  progress       stretches in which nothing gets nearer to the end
  balance        no application, skill or level drowns the others
contamination  tasks of one split that are in substance in another
reasoning      one paragraph a kept step: situation, reason, next action

view           what there is to see of a step
beside         tables of results beside those of a store, by episode and step
"""
